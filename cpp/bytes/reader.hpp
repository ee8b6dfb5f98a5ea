#pragma once
// Takes a message apart, and never reads beyond its end.

#include <string_view>

#include "bytes/big_endian.hpp"

namespace wireproof {

/// Numbers are big-endian. What is asked for beyond the end is 0, or empty, and so is all that is asked for later: a
/// parser may take all its fields and ask once, at the end, whether they were there.
class ByteReader {
 public:
  explicit ByteReader(Bytes bytes) : rest_(bytes) {}

  std::uint8_t u8() { return number<std::uint8_t>(); }
  std::uint16_t u16() { return number<std::uint16_t>(); }
  std::uint32_t u32() { return number<std::uint32_t>(); }
  std::uint64_t u64() { return number<std::uint64_t>(); }
  Bytes take(std::size_t count) {
    is_whole_ = is_whole_ && count <= rest_.size();
    if (!is_whole_) return {};
    const Bytes taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }
  std::string_view text(std::size_t count) {
    const Bytes taken = take(count);
    return {reinterpret_cast<const char*>(taken.data()), taken.size()};
  }

  std::size_t left() const { return rest_.size(); }
  /// All that was asked for was there.
  bool is_whole() const { return is_whole_; }
  /// And there is no more.
  bool is_done() const { return is_whole_ && rest_.empty(); }

 private:
  template <typename Number>
  Number number() {
    const Bytes taken = take(sizeof(Number));
    return taken.empty() ? Number{0} : read_number<Number>(taken, 0);
  }

  Bytes rest_;
  bool is_whole_ = true;
};

}  // namespace wireproof
