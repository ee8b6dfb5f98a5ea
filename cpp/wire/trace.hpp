#pragma once
// Packet-delivery traces in mahimahi's format: when a varying link (a mobile network, say) can deliver.

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "wire/time.hpp"

namespace wireproof::wire {

/// A trace that cannot be used; what() says "line 12: …".
class TraceError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// One integer a line: the millisecond, never falling, of a chance to deliver kBytes. The trace repeats at its last
/// millisecond. As in mahimahi, which counts what its TUN device carries, a packet weighs its IP packet and 4 bytes, so
/// that one chance is one full frame.
class Trace {
 public:
  static constexpr std::size_t kBytes = 1504;
  static constexpr std::size_t kMaxChances = 10'000'000;
  static constexpr std::uint32_t kMaxMillisecond = 1'000'000'000;

  /// Throws TraceError for anything but such lines, for no line, and for a trace that ends at 0.
  static Trace parse(std::string_view text);

  /// When chance number `index` (from 0, past the end too) is, counted from the trace's start.
  nanoseconds at(std::uint64_t index) const;
  /// The first chance not before `time`.
  std::uint64_t first_from(nanoseconds time) const;

  std::size_t size() const { return milliseconds_.size(); }
  /// Mean rate over one round, bit/s.
  double mean_rate() const;
  /// What a frame of this length weighs.
  static std::size_t weight(std::size_t frame) {
    return frame > kEthernet ? frame - kEthernet + kTunHeader : kTunHeader;
  }

 private:
  static constexpr std::size_t kEthernet = 14;
  static constexpr std::size_t kTunHeader = 4;

  explicit Trace(std::vector<std::uint32_t> milliseconds) : milliseconds_(std::move(milliseconds)) {}

  std::vector<std::uint32_t> milliseconds_;
};

}  // namespace wireproof::wire
