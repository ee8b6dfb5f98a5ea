#pragma once
// Transport stream packets written by hand, for tests.

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "mpegts/packet.hpp"

namespace wireproof::mpegts::test {

using Raw = std::array<std::uint8_t, kPacketSize>;

struct Shape {
  std::uint16_t pid = 0x100;
  unsigned counter = 0;
  bool payload = true;
  std::uint8_t fill = 0xAB;  ///< every payload byte
  bool discontinuity = false;
  std::optional<std::uint64_t> pcr = std::nullopt;  ///< 27 MHz units
};

inline Raw make_packet(const Shape& shape) {
  Raw raw;
  raw.fill(shape.fill);
  const bool adaptation = shape.pcr || shape.discontinuity || !shape.payload;
  raw[0] = kSyncByte;
  raw[1] = static_cast<std::uint8_t>(shape.pid >> 8);
  raw[2] = static_cast<std::uint8_t>(shape.pid);
  raw[3] = static_cast<std::uint8_t>((adaptation ? 0x20 : 0) | (shape.payload ? 0x10 : 0) | (shape.counter & 15));
  if (!adaptation) return raw;
  raw[4] = shape.payload ? 7 : 183;
  std::fill(raw.begin() + 6, raw.begin() + 5 + raw[4], std::uint8_t{0xFF});
  raw[5] = static_cast<std::uint8_t>((shape.discontinuity ? 0x80 : 0) | (shape.pcr ? 0x10 : 0));
  if (shape.pcr) {
    const std::uint64_t base = *shape.pcr / 300;
    const std::uint64_t extension = *shape.pcr % 300;
    for (int i = 0; i < 4; ++i) raw[static_cast<std::size_t>(6 + i)] = static_cast<std::uint8_t>(base >> (25 - 8 * i));
    raw[10] = static_cast<std::uint8_t>((base & 1) << 7 | 0x7E | extension >> 8);
    raw[11] = static_cast<std::uint8_t>(extension);
  }
  return raw;
}

inline Raw make_null() { return make_packet({.pid = kNullPid, .fill = 0xFF}); }

/// A constant-rate stream: every tenth packet is null, every fourth carries a PCR.
inline std::vector<std::uint8_t> make_stream(std::size_t packets, double bits_per_second, std::uint64_t first_pcr = 0) {
  std::vector<std::uint8_t> stream;
  unsigned counter = 0;
  for (std::size_t i = 0; i < packets; ++i) {
    Raw raw = make_null();
    if (i % 10 != 9) {
      Shape shape{.counter = counter++, .fill = static_cast<std::uint8_t>(i)};
      if (i % 4 == 0) {
        const double seconds = static_cast<double>(i * kPacketSize) * 8 / bits_per_second;
        shape.pcr = (first_pcr + static_cast<std::uint64_t>(seconds * kPcrFrequency + 0.5)) % kPcrWrap;
      }
      raw = make_packet(shape);
    }
    stream.insert(stream.end(), raw.begin(), raw.end());
  }
  return stream;
}

inline Packet parse(const Raw& raw) { return parse_packet(raw).packet; }

}  // namespace wireproof::mpegts::test
