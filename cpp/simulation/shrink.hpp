#pragma once
// A smaller run with the same breach.

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wireproof::simulation {

/// Numbers of a run's actions, ascending.
using Numbers = std::vector<std::size_t>;

/// As few of the numbers as are found to break the run still (delta debugging, Zeller and Hildebrandt 2002: pieces are
/// left out as long as the breach stays). `breaks`: whether a run with these numbers alone does; with all of `kept` it
/// does. `goes_on`: asked before each run; when it says no, what is left by then is the result.
template <typename Breaks, typename GoesOn>
Numbers shrink(Numbers kept, Breaks breaks, GoesOn goes_on) {
  for (std::size_t piece = std::max<std::size_t>(kept.size() / 2, 1);;) {
    bool smaller = false;
    // From the end: what came after the breach goes first.
    for (std::size_t end = kept.size(); end > 0 && goes_on();) {
      const std::size_t begin = end > piece ? end - piece : 0;
      Numbers without(kept.begin(), kept.begin() + static_cast<std::ptrdiff_t>(begin));
      without.insert(without.end(), kept.begin() + static_cast<std::ptrdiff_t>(end), kept.end());
      if (breaks(without)) {
        kept = std::move(without);
        smaller = true;
      }
      end = begin;
    }
    if (!goes_on() || (piece == 1 && !smaller)) return kept;
    if (piece > 1) piece /= 2;
  }
}

/// 0 … count - 1.
Numbers all_numbers(std::size_t count);

/// "0-4,7".
std::string text_of(const Numbers& numbers);
/// Nothing when the text is not of that form, or not ascending, or a number is greater than 100,000.
std::optional<Numbers> parse_numbers(std::string_view text);

}  // namespace wireproof::simulation
