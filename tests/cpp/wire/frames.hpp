#pragma once
// Frames as hosts send them, made by hand.

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "wire/headers.hpp"

namespace wireproof::wire::testing {

using Frame = std::vector<std::uint8_t>;

inline Frame bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

inline void append(Frame& frame, const Frame& bytes) { frame.insert(frame.end(), bytes.begin(), bytes.end()); }

inline Frame concatenated(std::initializer_list<Frame> pieces) {
  Frame frame;
  for (const Frame& piece : pieces) append(frame, piece);
  return frame;
}

inline Frame word16(std::size_t value) {
  return {static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
}

/// From 02:00:00:00:00:01 to 02:00:00:00:00:02.
inline Frame ethernet(std::uint16_t ethertype) {
  return concatenated({{2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1}, word16(ethertype)});
}

inline Frame vlan_tag(std::uint16_t identifier, std::uint16_t ethertype) {
  return concatenated({word16(identifier), word16(ethertype)});
}

/// From 10.0.0.1 to 10.0.0.2; the checksum is right. `fragment`: the flags and the offset.
inline Frame ipv4(std::uint8_t protocol, const Frame& payload, std::uint16_t fragment = 0, std::uint8_t service = 0) {
  Frame header = concatenated({{0x45, service},
                               word16(20 + payload.size()),
                               {0, 7},
                               word16(fragment),
                               {64, protocol, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2}});
  std::uint32_t sum = 0;
  for (std::size_t at = 0; at < header.size(); at += 2) sum += read16(header, at);
  while (sum > 0xFFFF) sum = (sum & 0xFFFF) + (sum >> 16);
  write16(header, 10, static_cast<std::uint16_t>(~sum));
  return concatenated({header, payload});
}

/// From fd00::1 to fd00::2.
inline Frame ipv6(std::uint8_t next_header, const Frame& payload, std::uint8_t service = 0) {
  const auto address = [](std::uint8_t last) {
    Frame bytes(16);
    bytes[0] = 0xFD;
    bytes[15] = last;
    return bytes;
  };
  return concatenated({{static_cast<std::uint8_t>(0x60 | service >> 4), static_cast<std::uint8_t>(service << 4), 0, 0},
                       word16(payload.size()),
                       {next_header, 64},
                       address(1),
                       address(2),
                       payload});
}

/// Without a checksum, as IPv4 allows.
inline Frame udp(std::uint16_t source, std::uint16_t destination, const Frame& payload) {
  return concatenated({word16(source), word16(destination), word16(8 + payload.size()), {0, 0}, payload});
}

/// A segment with those flags (RFC 9293: 1 FIN, 2 SYN, 4 RST, 16 ACK) and `options` (a multiple of four bytes).
inline Frame tcp(std::uint16_t source, std::uint16_t destination, std::uint8_t flags, const Frame& payload = {},
                 const Frame& options = {}) {
  return concatenated({word16(source),
                       word16(destination),
                       Frame(8),
                       {static_cast<std::uint8_t>((20 + options.size()) / 4 << 4), flags},
                       Frame(6),
                       options,
                       payload});
}

/// A frame of `length` bytes (at least 50) of the UDP flow with that source port, which carries `number`.
inline Frame numbered(std::uint64_t number, std::size_t length, std::uint16_t port = 5000) {
  Frame payload(length - 42);
  write_number(payload, 0, number);
  return concatenated({ethernet(kIpv4), ipv4(17, udp(port, 5001, payload))});
}

inline std::uint64_t number_in(Bytes frame) { return read_number<std::uint64_t>(frame, 42); }

}  // namespace wireproof::wire::testing
