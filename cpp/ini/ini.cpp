#include "ini/ini.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "text/utf8.hpp"

namespace wireproof::ini {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kBlanks = " \t";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::string in_lower_case(std::string_view text) {
  std::string lower(text);
  for (char& byte : lower) {
    if (byte >= 'A' && byte <= 'Z') byte = static_cast<char>(byte - 'A' + 'a');
  }
  return lower;
}

bool is_comment(std::string_view line) { return line.starts_with('#') || line.starts_with(';'); }

class Parser {
 public:
  explicit Parser(const Limits& limits) : limits_(limits) {}

  void take(std::string_view line) {
    ++number_;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.size() > limits_.line) error("the line has more than {} bytes", limits_.line);
    check_characters(line);
    line = trimmed(line);
    if (line.empty() || is_comment(line)) return;
    if (line.starts_with('[')) {
      add_section(line);
    } else {
      add_key(line);
    }
  }

  std::vector<Section> sections() { return std::move(sections_); }

 private:
  template <typename... Arguments>
  [[noreturn]] void error(fmt::format_string<Arguments...> format, Arguments&&... arguments) const {
    throw IniError(number_, fmt::format(format, std::forward<Arguments>(arguments)...));
  }

  void check_characters(std::string_view line) const {
    while (!line.empty()) {
      const auto character = take_character(line);
      if (!character) error("the line is not UTF-8");
      if (is_control(*character) && *character != '\t') {
        error("the line has a control character, U+{:04X}", static_cast<unsigned>(*character));
      }
    }
  }

  void add_section(std::string_view line) {
    const std::size_t end = line.find(']');
    if (end == std::string_view::npos) error("'{}': a section is written as [name]", printable(line, 60));
    const std::string_view behind = trimmed(line.substr(end + 1));
    if (!behind.empty() && !is_comment(behind)) error("'{}' stands behind a section's name", printable(behind, 60));
    const std::string_view name = trimmed(line.substr(1, end - 1));
    if (name.empty()) error("a section without a name");
    for (const Section& section : sections_) {
      if (section.name == name)
        error("section [{}] is there twice, first on line {}", printable(name, 60), section.line);
    }
    if (sections_.size() >= limits_.sections) error("more than {} sections", limits_.sections);
    sections_.push_back({std::string(name), number_});
  }

  void add_key(std::string_view line) {
    const std::size_t sign = line.find_first_of("=:");
    if (sign == std::string_view::npos) error("'{}': a key is written as key = value", printable(line, 60));
    const std::string name = in_lower_case(trimmed(line.substr(0, sign)));
    if (name.empty()) error("'{}': the key's name is missing", printable(line, 60));
    if (sections_.empty()) error("key '{}' stands before the first section", printable(name, 60));
    Section& section = sections_.back();
    if (const Key* first = section.find(name)) {
      error("key '{}' is there twice in [{}], first on line {}", printable(name, 60), printable(section.name, 60),
            first->line);
    }
    if (section.keys.size() >= limits_.keys) error("more than {} keys in a section", limits_.keys);
    section.keys.push_back({name, std::string(trimmed(line.substr(sign + 1))), number_});
  }

  const Limits& limits_;
  std::size_t number_ = 0;
  std::vector<Section> sections_;
};

}  // namespace

std::string IniError::in_file(std::string_view name) const {
  const std::string file = printable(name);
  return line_ == 0 ? fmt::format("{}: {}", file, what()) : fmt::format("{}:{}: {}", file, line_, what());
}

const Key* Section::find(std::string_view key) const {
  const auto found = std::find_if(keys.begin(), keys.end(), [&](const Key& one) { return one.name == key; });
  return found != keys.end() ? &*found : nullptr;
}

std::vector<Section> parse(std::string_view text, const Limits& limits) {
  if (text.size() > limits.bytes) throw IniError(0, fmt::format("the file has more than {} bytes", limits.bytes));
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  Parser parser(limits);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    parser.take(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parser.sections();
}

}  // namespace wireproof::ini
