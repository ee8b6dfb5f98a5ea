#pragma once
// What makes packets belong together.

#include <array>
#include <cstdint>
#include <string>

#include "wire/headers.hpp"

namespace wireproof::wire {

/// The flow of a frame, in its direction.
/// - TCP, UDP, UDP-Lite, SCTP, DCCP: addresses, protocol and ports.
/// - ICMP and ICMPv6: addresses, protocol and message type: neighbour discovery does not shift ping, and the echo
///   identifier, which differs from run to run, does not count.
/// - Fragments: addresses, protocol and that they are fragments. Their identification is left out because systems
/// choose
///   it at random, and because only the first fragment has ports.
/// - Other IP: addresses and protocol. Other frames: MAC addresses and ethertype.
struct FlowKey {
  enum class Kind : std::uint8_t { ethernet, ipv4, ipv6 };

  Kind kind = Kind::ethernet;
  std::uint8_t protocol = 0;      ///< of IP
  bool fragment = false;          ///< of IP
  bool has_ports = false;         ///< of IP
  std::uint16_t source_port = 0;  ///< of IP; the ethertype, or ICMP's type, where there are no ports
  std::uint16_t destination_port = 0;
  std::array<std::uint8_t, 16> source{};  ///< 4, 16 or (MAC) 6 bytes, the rest is 0
  std::array<std::uint8_t, 16> destination{};

  friend bool operator==(const FlowKey&, const FlowKey&) = default;
};

FlowKey flow_of(Bytes frame, const Headers& headers);

/// 64 well-mixed bits of `seed` and all members.
std::uint64_t hash(const FlowKey& key, std::uint64_t seed);

/// "10.0.0.1:5000>10.0.0.2:5000/udp", "[fd00::1]:80>[fd00::2]:5000/tcp", "10.0.0.1>10.0.0.2/icmp:8",
/// "10.0.0.1>10.0.0.2/udp:fragment", "10.0.0.1>10.0.0.2/89", "02:00:00:00:00:01>ff:ff:ff:ff:ff:ff/0x0806".
std::string text_of(const FlowKey& key);

}  // namespace wireproof::wire
