#pragma once
// Configuration files with sections, and on which line each thing stands. Pure.

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace wireproof::ini {

/// What is wrong with a file, and on which line (from 1 on; 0: with all of it).
class IniError : public std::runtime_error {
 public:
  IniError(std::size_t line, const std::string& what) : std::runtime_error(what), line_(line) {}

  std::size_t line() const { return line_; }
  /// "config.ini:7: what is wrong".
  std::string in_file(std::string_view name) const;

 private:
  std::size_t line_;
};

struct Key {
  std::string name;   ///< in lower case
  std::string value;  ///< without blanks at its ends; may be empty
  std::size_t line = 0;
};

struct Section {
  std::string name;  ///< as it is written, without blanks at its ends
  std::size_t line = 0;
  std::vector<Key> keys{};  ///< in their order, no two of one name

  /// Null when there is none of that name.
  const Key* find(std::string_view key) const;
};

struct Limits {
  std::size_t bytes = 1024 * 1024;  ///< of the file
  std::size_t line = 4096;          ///< bytes of a line
  std::size_t sections = 1024;
  std::size_t keys = 256;  ///< of a section
};

/// Sections in their order, no two of one name. "[name]"; "key = value" or "key: value", the first of both signs
/// counts; lines that begin with "#" or ";" are comments, and behind a value there are none: "a = b ; c" has the value
/// "b ; c", as Python's configparser reads it. UTF-8, with or without a byte-order mark; lines end with LF or CR LF.
/// Blanks before a line mean nothing. Throws IniError for what is none of these, for a key before the first section,
/// for what is there twice, for control characters, and beyond the limits.
std::vector<Section> parse(std::string_view text, const Limits& limits = {});

}  // namespace wireproof::ini
