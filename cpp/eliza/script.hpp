#pragma once
// What an ELIZA script says, and its parser. The language is explained at the top of doctor.script.

#include <cstddef>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "eliza/text.hpp"

namespace wireproof::eliza {

/// One place of a pattern. A capture is any run of words (`*`, `+`) or one word of a group (`@name`).
struct Element {
  enum class Kind { word, group, any, some } kind;  ///< any: zero words or more; some: one word or more
  std::string name;                                 ///< the word, or the group's name
};

struct Answer {
  std::string text;   ///< {1}, {2}… stand for the pattern's captures
  bool jump = false;  ///< text is a word of the keyword whose rules are tried instead
};

/// A list of which the engine gives one entry at a time, in turn.
struct Turns {
  std::size_t id = 0;  ///< position of this list in the engine's memory of turns
  std::vector<Answer> answers;
};

struct Rule {
  std::vector<Element> pattern;  ///< fits a whole clause
  Turns turns;
  std::vector<std::string> memories;  ///< said later, when nothing else fits
};

struct Keyword {
  int rank = 0;  ///< higher is tried first
  std::vector<Rule> rules;
};

/// Replaces runs of words, the longest that fits, from left to right; what it wrote it does not replace again.
class Substitution {
 public:
  /// False when `from` is replaced already.
  bool add(const Words& from, Words to);
  Words operator()(const Words& words) const;

 private:
  std::map<std::string, Words> replacements_;  ///< by joined keys
  std::size_t longest_ = 0;                    ///< words of the longest run
};

struct Script {
  std::string greeting;
  std::string farewell;
  Turns empty;                 ///< answers to a line without words
  Turns too_long;              ///< remarks before the answer to a line that was cut
  Turns fallbacks;             ///< answers when no rule fits
  std::set<std::string> quit;  ///< whole clauses that end the conversation
  Substitution before;         ///< on what the client said, before rules are tried
  Substitution after;          ///< on captures, before they are said: "my" becomes "your"
  std::map<std::string, std::set<std::string>> groups;
  std::vector<Keyword> keywords;
  std::map<std::string, std::size_t> triggers;  ///< word → position in keywords
  std::size_t lists = 0;                        ///< number of Turns
};

/// The script is wrong; what() says "line 12: …".
class ScriptError : public std::runtime_error {
 public:
  ScriptError(std::size_t line, const std::string& message);
  std::size_t line() const { return line_; }

 private:
  std::size_t line_;
};

/// Throws ScriptError for the first thing wrong.
Script parse_script(std::string_view text);

}  // namespace wireproof::eliza
