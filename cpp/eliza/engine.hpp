#pragma once
// Answers lines by a script: keywords, decomposition, substitution, reassembly, memory. Pure and deterministic.

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "eliza/script.hpp"

namespace wireproof::eliza {

struct Reply {
  std::string text;
  bool farewell = false;  ///< the conversation is over
};

/// One conversation. The same script, seed and lines give the same replies.
class Engine {
 public:
  /// `script` must outlive the engine. `seed` chooses which answer of each rule comes first; 0: the first.
  explicit Engine(const Script& script, std::uint64_t seed = 0);

  const std::string& greeting() const { return script_.greeting; }
  const std::string& farewell() const { return script_.farewell; }

  /// Any bytes are allowed; the reply is UTF-8 without control characters. `cut`: the line is the start of a longer
  /// one.
  Reply answer(std::string_view line, bool cut = false);

 private:
  std::string respond(const std::vector<Words>& clauses);
  std::optional<std::string> try_keyword(const Keyword& keyword, const Words& clause);
  const Answer& next(const Turns& turns);
  std::string say(std::string_view text, const std::vector<Words>& captures) const;

  const Script& script_;
  std::vector<std::size_t> turns_;    ///< for each list, how often it was used
  std::deque<std::string> memories_;  ///< oldest first
};

/// The captures, in order, when the pattern fits the whole clause; earlier runs take as few words as possible.
std::optional<std::vector<Words>> decompose(const std::vector<Element>& pattern, const Words& clause,
                                            const Script& script);

}  // namespace wireproof::eliza
