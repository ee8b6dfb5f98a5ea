#pragma once
// A frame on its way through one direction, with what was decided about it when it came in.

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "wire/flow.hpp"
#include "wire/packet_random.hpp"
#include "wire/time.hpp"

namespace wireproof::wire {

struct Packet {
  std::vector<std::uint8_t> bytes;  ///< Ethernet frame without frame check sequence
  FlowKey flow;
  std::uint64_t index = 0;  ///< within its flow and direction, from 0
  PacketRandom random;
  nanoseconds arrived{0};
  nanoseconds due{0};  ///< when it is to leave, once that is known
  double normal = 0;   ///< its place in the distribution of delays: of a standard normal
  bool ahead = false;  ///< not to be delayed

  std::size_t length() const { return bytes.size(); }
};

/// Why a packet is no longer there.
enum class Cause { loss, rule, queue, red, codel, down, too_big, overflow, kernel, send };

/// In the order of Cause. `kernel`: lost before this program saw it; `send`: the kernel refused to send it.
constexpr std::array<std::string_view, 10> kCauseNames = {"loss", "rule",    "queue",    "red",    "codel",
                                                          "down", "too_big", "overflow", "kernel", "send"};

constexpr std::string_view name_of(Cause cause) { return kCauseNames[static_cast<std::size_t>(cause)]; }

}  // namespace wireproof::wire
