#pragma once
// A packet's random numbers, which depend on nothing but what they are for.

#include <cmath>
#include <cstdint>
#include <numbers>

#include "random/random.hpp"

namespace wireproof::wire {

/// All the chances one packet is exposed to: the same for the same seed, direction, flow and index within the flow,
/// whatever else is on the link and however often they are asked for.
class PacketRandom {
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

  PacketRandom() = default;
  /// `flow`: a hash of the seed, the direction and the flow.
  PacketRandom(std::uint64_t flow, std::uint64_t index) : state_(scramble(flow ^ scramble(index))) {}

  /// Those of a duplicate of this packet.
  PacketRandom copy() const {
    PacketRandom random;
    random.state_ = scramble(~state_);
    return random;
  }

  std::uint64_t bits(Purpose purpose) const {
    return scramble(state_ + static_cast<std::uint64_t>(purpose) * 0xD1342543DE82EF95U);
  }
  /// Even over [0, 1), 53 bits.
  double share(Purpose purpose) const { return share_of(bits(purpose)); }
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
