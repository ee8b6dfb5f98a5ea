#include <algorithm>
#include <utility>

#include "eliza/script.hpp"

namespace wireproof::eliza {

bool Substitution::add(const Words& from, Words to) {
  longest_ = std::max(longest_, from.size());
  return replacements_.emplace(joined_keys(from), std::move(to)).second;
}

Words Substitution::operator()(const Words& words) const {
  Words result;
  for (std::size_t at = 0; at < words.size();) {
    std::size_t length = std::min(longest_, words.size() - at);
    auto found = replacements_.end();
    for (; length > 0; --length) {
      const auto first = words.begin() + static_cast<std::ptrdiff_t>(at);
      found = replacements_.find(joined_keys(Words(first, first + static_cast<std::ptrdiff_t>(length))));
      if (found != replacements_.end()) break;
    }
    if (found == replacements_.end()) {
      result.push_back(words[at++]);
    } else {
      result.insert(result.end(), found->second.begin(), found->second.end());
      at += length;
    }
  }
  return result;
}

}  // namespace wireproof::eliza
