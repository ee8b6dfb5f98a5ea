#pragma once
// Puts a message together, and never makes it longer than it may be.

#include <string_view>
#include <utility>
#include <vector>

#include "bytes/big_endian.hpp"

namespace wireproof {

/// Numbers are big-endian. What finds no room is not written, nor is anything after it: whoever writes may put all
/// fields and ask once, at the end, whether they had room.
class ByteWriter {
 public:
  /// `most`: bytes of the whole message.
  explicit ByteWriter(std::size_t most) : most_(most) {}

  ByteWriter& u8(std::uint8_t number) { return put_number(number); }
  ByteWriter& u16(std::uint16_t number) { return put_number(number); }
  ByteWriter& u32(std::uint32_t number) { return put_number(number); }
  ByteWriter& u64(std::uint64_t number) { return put_number(number); }
  ByteWriter& put(Bytes bytes) {
    fits_ = fits_ && bytes.size() <= most_ - bytes_.size();
    if (fits_) bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return *this;
  }
  ByteWriter& text(std::string_view text) {
    return put({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  }

  bool fits() const { return fits_; }
  const std::vector<std::uint8_t>& bytes() const { return bytes_; }
  std::vector<std::uint8_t> take() { return std::exchange(bytes_, {}); }

 private:
  template <typename Number>
  ByteWriter& put_number(Number number) {
    std::uint8_t bytes[sizeof number];
    write_number(std::span<std::uint8_t>(bytes), 0, number);
    return put(bytes);
  }

  std::size_t most_;
  bool fits_ = true;
  std::vector<std::uint8_t> bytes_;
};

}  // namespace wireproof
