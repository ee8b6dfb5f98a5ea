#pragma once
// Messages in a stream of bytes, each behind its length.

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "bytes/big_endian.hpp"

namespace wireproof {

/// The length is big-endian, of a width that the protocol names, and counts what follows it. A length above the limit
/// breaks the stream for good: where the next message begins cannot be known, and memory for it is not taken.
class FrameSplitter {
 public:
  /// `width`: 1 to 8 bytes of a length. `most`: bytes of a message.
  FrameSplitter(std::size_t width, std::size_t most) : width_(width), most_(most) {}

  /// Takes bytes off the front of `bytes`, up to the end of the next message; nothing while that is not complete, or
  /// when the stream is broken.
  std::optional<std::vector<std::uint8_t>> next(Bytes& bytes) {
    if (is_broken_) return std::nullopt;
    if (!fill(width_, bytes)) return std::nullopt;
    std::uint64_t length = 0;
    for (std::size_t i = 0; i < width_; ++i) length = length << 8 | held_[i];
    if (length > most_) {
      is_broken_ = true;
      return std::nullopt;
    }
    if (!fill(width_ + length, bytes)) return std::nullopt;
    held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(width_));
    return std::exchange(held_, {});
  }

  bool is_broken() const { return is_broken_; }
  /// At the end of the stream: it ends within a message.
  bool is_partial() const { return !held_.empty(); }

 private:
  bool fill(std::size_t wanted, Bytes& bytes) {
    const std::size_t count = std::min(wanted - std::min(wanted, held_.size()), bytes.size());
    held_.insert(held_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count));
    bytes = bytes.subspan(count);
    return held_.size() >= wanted;
  }

  std::size_t width_;
  std::size_t most_;
  std::vector<std::uint8_t> held_;  ///< of the message that is not complete, with its length
  bool is_broken_ = false;
};

/// The message behind its length of `width` bytes; nothing when the width cannot hold it.
inline std::optional<std::vector<std::uint8_t>> framed(Bytes message, std::size_t width) {
  if (width < sizeof(std::uint64_t) && message.size() >> 8 * width != 0) return std::nullopt;
  std::vector<std::uint8_t> frame(width);
  for (std::size_t i = 0; i < width; ++i) {
    frame[i] = static_cast<std::uint8_t>(std::uint64_t{message.size()} >> 8 * (width - 1 - i));
  }
  frame.insert(frame.end(), message.begin(), message.end());
  return frame;
}

}  // namespace wireproof
