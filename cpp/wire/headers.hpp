#pragma once
// Where the parts of an Ethernet frame are, as far as an emulator cares.

#include <cstddef>
#include <cstdint>

#include "bytes/big_endian.hpp"

namespace wireproof::wire {

using wireproof::Bytes;
using wireproof::read16;
using wireproof::write16;

constexpr std::size_t kEthernetHeader = 14;
constexpr std::size_t kVlanTag = 4;

constexpr std::uint16_t kIpv4 = 0x0800;
constexpr std::uint16_t kIpv6 = 0x86DD;
constexpr std::uint16_t kVlan = 0x8100;
constexpr std::uint16_t kServiceVlan = 0x88A8;

// Protocols of IP.
constexpr std::uint8_t kIcmp = 1;
constexpr std::uint8_t kTcp = 6;
constexpr std::uint8_t kUdp = 17;

/// Everything that is given as an offset lies inside the frame. Up to two VLAN tags are looked through.
struct Headers {
  std::uint16_t ethertype = 0;  ///< of the payload, behind VLAN tags; 0 when the frame is too short for one
  std::size_t network = 0;      ///< offset of what follows the ethertype
  bool is_ip = false;           ///< a whole IPv4 or IPv6 header is at `network`
  std::uint8_t protocol = 0;    ///< of IP: what is at `transport`
  bool fragment = false;        ///< of IP: a fragment, the first included
  bool later_fragment = false;  ///< of IP: a fragment that does not begin with the transport header
  std::size_t transport = 0;    ///< of IP: offset of the transport header, at most the frame's length
  std::size_t end = 0;          ///< of IP: where the packet ends; less than the frame's length when that is padded
};

/// Understands any bytes; what is broken or cut short is simply not IP. IPv6 extension headers are looked through.
Headers parse_headers(Bytes frame);

}  // namespace wireproof::wire
