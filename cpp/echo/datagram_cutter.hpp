#pragma once
// Cuts what is read into what one datagram each carries. Pure.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "text/line_splitter.hpp"

namespace wireproof {

/// Longest that a datagram can carry over IPv4: 65,535 bytes without the headers of IP and UDP.
inline constexpr std::size_t kLongestDatagram = 65507;

/// Lines, without their ends, or blocks of a size, of which the last may be shorter.
class DatagramCutter {
 public:
  /// `block`: bytes; nothing: lines. Of a line that no datagram can carry so much is kept that it still is one.
  explicit DatagramCutter(std::optional<std::size_t> block) : block_(block) {}

  /// Takes bytes off the front of `bytes`, up to the end of a datagram's; nothing while none is complete.
  std::optional<std::string> next(std::string_view& bytes);
  /// At the end of the stream: what is left.
  std::optional<std::string> rest();

 private:
  std::optional<std::size_t> block_;
  std::string held_;  ///< of a block
  LineSplitter lines_{65536};
};

}  // namespace wireproof
