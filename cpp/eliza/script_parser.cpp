#include <fmt/core.h>

#include <algorithm>
#include <optional>

#include "bytes/decimal.hpp"
#include "eliza/script.hpp"

namespace wireproof::eliza {
namespace {

constexpr int kHighestRank = 100;

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = text.find(separator);
    if (const auto part = trimmed(text.substr(0, end)); !part.empty()) parts.push_back(part);
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

bool is_capture(const Element& element) { return element.kind != Element::Kind::word; }

/// Reads a script line by line; what can only be known at the end (goto, group and rewritten words) is checked then.
class Parser {
 public:
  Script parse(std::string_view text) {
    for (Turns* turns : {&script_.empty, &script_.too_long, &script_.fallbacks}) turns->id = script_.lists++;
    while (!text.empty()) {
      ++line_;
      const std::size_t end = std::min(text.find('\n'), text.size());
      std::string_view line = text.substr(0, end);
      if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
      if (const auto content = trimmed(line); !content.empty() && content.front() != '#') read(content);
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    ++line_;
    finish();
    return std::move(script_);
  }

 private:
  struct Mention {
    std::size_t line;
    std::string word;
  };

  [[noreturn]] void fail(const std::string& message) const { throw ScriptError(line_, message); }

  void read(std::string_view content) {
    std::string plain(content);
    std::replace(plain.begin(), plain.end(), '\t', ' ');
    if (cleaned(plain) != plain) fail("control character, curved apostrophe or invalid UTF-8");
    const std::size_t colon = plain.find(':');
    if (colon == std::string::npos) fail("expected \"name: value\"");
    const std::string_view head = trimmed(std::string_view(plain).substr(0, colon));
    const std::string_view name = head.substr(0, head.find(' '));
    argument_ = trimmed(head.substr(name.size()));
    const std::string_view value = trimmed(std::string_view(plain).substr(colon + 1));
    if (value.empty()) fail(fmt::format("\"{}:\" has no value", name));
    if (!argument_.empty() && name != "group" && name != "keyword") fail(fmt::format("unexpected \"{}\"", argument_));
    directive(name, value);
  }

  void directive(std::string_view name, std::string_view value) {
    if (name == "greeting") return once(script_.greeting, value);
    if (name == "farewell") return once(script_.farewell, value);
    if (name == "quit") return quit(value);
    if (name == "empty") return script_.empty.answers.push_back({without_captures(value)});
    if (name == "too-long") return script_.too_long.answers.push_back({without_captures(value)});
    if (name == "fallback") return script_.fallbacks.answers.push_back({without_captures(value)});
    if (name == "before") return substitute(script_.before, value);
    if (name == "after") return substitute(script_.after, value);
    if (name == "group") return group(value);
    if (name == "keyword") return keyword(value);
    if (name == "pattern") return pattern(value);
    if (name == "answer") return rule().turns.answers.push_back({with_captures(value)});
    if (name == "goto") return jump(value);
    if (name == "memory") return rule().memories.push_back(with_captures(value));
    fail(fmt::format("unknown word \"{}\"", name));
  }

  void once(std::string& place, std::string_view value) {
    if (!place.empty()) fail("given twice");
    place = without_captures(value);
  }

  void quit(std::string_view value) {
    for (const auto phrase : split(value, '|')) script_.quit.insert(joined_keys(words_of(phrase)));
  }

  void substitute(Substitution& substitution, std::string_view value) {
    const auto sides = split(value, '=');
    if (sides.size() != 2) fail("expected \"words = other words\"");
    const Words from = words_of(sides[0]);
    const Words to = words_of(sides[1]);
    if (from.empty() || to.empty()) fail("expected \"words = other words\"");
    if (!substitution.add(from, to)) fail(fmt::format("\"{}\" is replaced twice", joined_keys(from)));
  }

  void group(std::string_view value) {
    if (argument_.empty()) fail("a group needs a name: \"group NAME: words\"");
    auto& members = script_.groups[std::string(argument_)];
    if (!members.empty()) fail(fmt::format("group \"{}\" given twice", argument_));
    for (const auto& word : words_of(value)) {
      members.insert(word.key);
      mention(word.key);
    }
    if (members.empty()) fail("a group needs words");
  }

  void keyword(std::string_view value) {
    finish_keyword();
    const auto rank = argument_.empty() ? 0 : parse_decimal(argument_);
    if (!rank || *rank > kHighestRank) fail(fmt::format("rank \"{}\" is not 0 to {}", argument_, kHighestRank));
    const Words words = words_of(value);
    if (words.empty()) fail("a keyword needs words");
    for (const auto& word : words) {
      if (!script_.triggers.emplace(word.key, script_.keywords.size()).second) {
        fail(fmt::format("keyword \"{}\" given twice", word.key));
      }
      mention(word.key);
    }
    script_.keywords.push_back({static_cast<int>(*rank), {}});
  }

  void pattern(std::string_view value) {
    if (script_.keywords.empty()) fail("a pattern comes after a keyword");
    finish_rule();
    Rule rule;
    for (const auto part : split(value, ' ')) {
      if (part == "*" || part == "+") {
        const bool follows_run = !rule.pattern.empty() && rule.pattern.back().kind >= Element::Kind::any;
        if (follows_run) fail("two runs of words side by side: which takes which?");
        rule.pattern.push_back({part == "*" ? Element::Kind::any : Element::Kind::some, {}});
      } else if (part.front() == '@') {
        rule.pattern.push_back({Element::Kind::group, std::string(part.substr(1))});
        groups_used_.push_back({line_, std::string(part.substr(1))});
      } else {
        const Words words = words_of(part);
        if (words.size() != 1 || words.front().text != part) fail(fmt::format("\"{}\" is not a word", part));
        rule.pattern.push_back({Element::Kind::word, words.front().key});
        mention(words.front().key);
      }
    }
    rule.turns.id = script_.lists++;
    script_.keywords.back().rules.push_back(std::move(rule));
  }

  void jump(std::string_view value) {
    rule().turns.answers.push_back({std::string(value), true});
    jumps_.push_back({line_, std::string(value)});
  }

  Rule& rule() {
    if (script_.keywords.empty() || script_.keywords.back().rules.empty()) fail("this comes after a pattern");
    return script_.keywords.back().rules.back();
  }

  std::string with_captures(std::string_view text) {
    const auto& elements = rule().pattern;
    return checked(text, static_cast<std::size_t>(std::count_if(elements.begin(), elements.end(), is_capture)));
  }

  std::string without_captures(std::string_view text) { return checked(text, 0); }

  std::string checked(std::string_view text, std::size_t captures) {
    for (std::size_t at = text.find('{'); at != std::string_view::npos; at = text.find('{', at + 1)) {
      const std::size_t end = std::min(text.find('}', at), text.size());
      const auto digits = text.substr(at + 1, end - at - 1);
      const auto index = parse_decimal(digits);
      if (!index || *index < 1 || *index > captures || end == text.size()) {
        fail(fmt::format("{{{}}} names no capture: the pattern has {}", digits, captures));
      }
    }
    return std::string(text);
  }

  void finish_rule() {
    if (script_.keywords.empty() || script_.keywords.back().rules.empty()) return;
    if (script_.keywords.back().rules.back().turns.answers.empty()) fail("the pattern before this has no answer");
  }

  void finish_keyword() {
    finish_rule();
    if (!script_.keywords.empty() && script_.keywords.back().rules.empty()) {
      fail("the keyword before this has no pattern");
    }
  }

  void finish() {
    finish_keyword();
    if (script_.greeting.empty()) fail("the script ends without a greeting");
    if (script_.farewell.empty()) fail("the script ends without a farewell");
    for (const auto& [turns, name] : {std::pair{&script_.empty, "empty"}, std::pair{&script_.too_long, "too-long"},
                                      std::pair{&script_.fallbacks, "fallback"}}) {
      if (turns->answers.empty()) fail(fmt::format("the script ends without \"{}:\"", name));
    }
    for (const auto& [line, name] : jumps_) {
      if (!script_.triggers.contains(name)) throw ScriptError(line, fmt::format("goto \"{}\": no such keyword", name));
    }
    for (const auto& [line, name] : groups_used_) {
      if (!script_.groups.contains(name)) throw ScriptError(line, fmt::format("@{}: no such group", name));
    }
    for (const auto& [line, word] : mentions_) {
      const Words rewritten = script_.before({{word, word}});
      if (rewritten.size() != 1 || rewritten.front().key != word) {
        throw ScriptError(
            line, fmt::format("\"{}\" never arrives here: \"before\" makes it \"{}\"", word, joined_keys(rewritten)));
      }
    }
  }

  void mention(const std::string& word) { mentions_.push_back({line_, word}); }

  Script script_;
  std::size_t line_ = 0;
  std::string_view argument_;  ///< between a directive's name and its colon
  std::vector<Mention> jumps_;
  std::vector<Mention> groups_used_;
  std::vector<Mention> mentions_;  ///< words that rules wait for
};

}  // namespace

ScriptError::ScriptError(std::size_t line, const std::string& message)
    : std::runtime_error(fmt::format("line {}: {}", line, message)), line_(line) {}

Script parse_script(std::string_view text) { return Parser().parse(text); }

}  // namespace wireproof::eliza
