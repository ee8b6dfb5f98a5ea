#pragma once
// Cuts a byte stream into lines of bounded length. Pure.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace wireproof {

struct Line {
  std::string text;  ///< without its end of line
  bool cut = false;  ///< the line was longer than the limit, the rest of it is gone
};

/// Lines end with LF or CR LF. Of a line over the limit its first bytes are kept, never half of a UTF-8 sequence.
class LineSplitter {
 public:
  /// `limit`: longest line in bytes, its end not counted.
  explicit LineSplitter(std::size_t limit) : limit_(limit) {}

  /// Takes bytes off the front of `bytes`, up to and with the next end of line; nothing while no line is complete.
  std::optional<Line> next(std::string_view& bytes);

  /// At the end of the stream: the last line, when it has no end of line.
  std::optional<Line> rest();

 private:
  Line take();

  std::size_t limit_;
  std::string line_;
  bool started_ = false;
  bool overflowed_ = false;
};

}  // namespace wireproof
