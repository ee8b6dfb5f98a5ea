#pragma once
// Random numbers that are the same for the same seed.

#include <cstdint>

namespace wireproof::hmtp {

/// SplitMix64 (Steele, Lea and Flood 2014). Not for secrets: the shell takes the seed from the system's entropy.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t bits() {
    std::uint64_t value = state_ += 0x9E3779B97F4A7C15U;
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9U;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EBU;
    return value ^ (value >> 31);
  }
  /// Not 0, which stands for "none" where identifiers are kept.
  std::uint64_t identifier() {
    for (;;) {
      if (const std::uint64_t value = bits(); value != 0) return value;
    }
  }
  /// Even over [0, limit) for small limits.
  std::uint64_t below(std::uint64_t limit) { return ((bits() >> 32) * limit) >> 32; }
  /// Even over [0, 1).
  double share() { return static_cast<double>(bits() >> 11) * 0x1p-53; }

 private:
  std::uint64_t state_;
};

}  // namespace wireproof::hmtp
