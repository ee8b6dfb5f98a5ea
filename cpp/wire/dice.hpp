#pragma once
// Random numbers that depend on nothing but what they are for.

#include <cmath>
#include <cstdint>
#include <numbers>

namespace wireproof::wire {

/// Spreads every bit of `value` over all others (the finaliser of SplitMix64, Steele, Lea and Flood 2014).
constexpr std::uint64_t scramble(std::uint64_t value) {
  value += 0x9E3779B97F4A7C15U;
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9U;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBU;
  return value ^ (value >> 31);
}

/// All the chances one packet is exposed to: the same for the same seed, direction, flow and index within the flow,
/// whatever else is on the link and however often they are asked for.
class Dice {
 public:
  enum class Purpose : std::uint64_t {
    first_state,
    loss,
    transition,
    jitter,
    jitter_angle,
    reorder,
    duplicate,
    corrupt,
    corrupt_place,
    red
  };

  Dice() = default;
  /// `flow`: a hash of the seed, the direction and the flow.
  Dice(std::uint64_t flow, std::uint64_t index) : state_(scramble(flow ^ scramble(index))) {}

  /// Those of a duplicate of this packet.
  Dice copy() const {
    Dice dice;
    dice.state_ = scramble(~state_);
    return dice;
  }

  std::uint64_t bits(Purpose purpose) const {
    return scramble(state_ + static_cast<std::uint64_t>(purpose) * 0xD1342543DE82EF95U);
  }
  /// Even over [0, 1), 53 bits.
  double share(Purpose purpose) const { return static_cast<double>(bits(purpose) >> 11) * 0x1p-53; }
  bool happens(Purpose purpose, double probability) const { return share(purpose) < probability; }
  /// Standard normal (Box and Muller 1958).
  double normal() const {
    const double radius = std::sqrt(-2 * std::log(1 - share(Purpose::jitter)));
    return radius * std::cos(2 * std::numbers::pi * share(Purpose::jitter_angle));
  }

 private:
  std::uint64_t state_ = 0;
};

}  // namespace wireproof::wire
