#include "eliza/text.hpp"

#include <algorithm>

#include "text/utf8.hpp"

namespace wireproof::eliza {
namespace {

Word make_word(std::string_view text) {
  Word word{std::string(text), std::string(text)};
  for (char& letter : word.key) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return word;
}

void add_word(Words& words, std::string_view text) {
  while (!text.empty() && (text.front() == '\'' || text.front() == '-')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == '\'' || text.back() == '-')) text.remove_suffix(1);
  if (!text.empty()) words.push_back(make_word(text));
}

template <typename Text>
std::string join(const Words& words, Text text) {
  std::string result;
  for (const auto& word : words) {
    if (!result.empty()) result += ' ';
    result += text(word);
  }
  return result;
}

}  // namespace

std::string cleaned(std::string_view bytes) {
  std::string text;
  while (!bytes.empty()) {
    const std::string_view before = bytes;
    const auto character = take_character(bytes);
    if (!character) {
      text += "\uFFFD";
    } else if (!shows_itself(*character)) {
      text += ' ';
    } else if (*character == U'\u2019') {
      text += '\'';
    } else {
      text += before.substr(0, before.size() - bytes.size());
    }
  }
  return text;
}

std::vector<Words> clauses_of(std::string_view text) {
  std::vector<Words> clauses(1);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(" .,;:!?()[]{}<>\"*+/\\|=&%$#@^~`_"), text.size());
    add_word(clauses.back(), text.substr(0, end));
    if (end < text.size() && text[end] != ' ' && !clauses.back().empty()) clauses.emplace_back();
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (clauses.back().empty()) clauses.pop_back();
  return clauses;
}

Words words_of(std::string_view text) {
  Words words;
  for (auto& clause : clauses_of(text)) words.insert(words.end(), clause.begin(), clause.end());
  return words;
}

std::string joined(const Words& words) {
  return join(words, [](const Word& word) -> const std::string& { return word.text; });
}

std::string joined_keys(const Words& words) {
  return join(words, [](const Word& word) -> const std::string& { return word.key; });
}

}  // namespace wireproof::eliza
