#pragma once
// Random numbers that are the same for the same seed. Not for secrets: programs take the seed from the system's
// entropy.

#include <cstdint>

namespace wireproof {

/// Spreads every bit of `value` over all others (the finaliser of SplitMix64; Steele, Lea and Flood 2014).
constexpr std::uint64_t scramble(std::uint64_t value) {
  value += 0x9E3779B97F4A7C15U;
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9U;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBU;
  return value ^ (value >> 31);
}

/// One number out of several, the same every time; its bits are as good as random.
constexpr std::uint64_t mixed(std::uint64_t a, std::uint64_t b, std::uint64_t c = 0) {
  constexpr std::uint64_t kStep = 0xD1342543DE82EF95U;
  return scramble(scramble(a + b * kStep) + c * kStep);
}

/// Even over [0, 1), out of 64 random bits.
constexpr double share_of(std::uint64_t bits) { return static_cast<double>(bits >> 11) * 0x1p-53; }

/// A sequence of random numbers: SplitMix64.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t bits() {
    const std::uint64_t value = scramble(state_);
    state_ += 0x9E3779B97F4A7C15U;
    return value;
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
  double share() { return share_of(bits()); }

 private:
  std::uint64_t state_;
};

}  // namespace wireproof
