#pragma once
// One MPEG-2 transport stream packet (ISO/IEC 13818-1, 2.4.3.2 to 2.4.3.5).

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "bytes/big_endian.hpp"

namespace wireproof::mpegts {

inline constexpr std::size_t kPacketSize = 188;
inline constexpr std::uint8_t kSyncByte = 0x47;
inline constexpr std::uint16_t kNullPid = 0x1FFF;

/// PCR counts a 27 MHz clock: base (33 bits, 90 kHz) · 300 + extension, and starts again at kPcrWrap (26.5 hours).
inline constexpr std::uint64_t kPcrFrequency = 27'000'000;
inline constexpr std::uint64_t kPcrWrap = (std::uint64_t{1} << 33) * 300;

using wireproof::Bytes;

/// What is wrong with 188 bytes that should be a packet.
enum class Fault : std::uint8_t {
  none,
  size,              ///< not 188 bytes
  sync,              ///< first byte is not 0x47
  reserved_control,  ///< adaptation_field_control 00
  adaptation,        ///< adaptation field longer than the packet, or too short for what its flags promise
  pcr,               ///< PCR extension of 300 or more
};

/// Name of a fault, for people.
std::string_view to_string(Fault fault);

/// The header and the part of the adaptation field that timing and loss need.
struct Packet {
  std::uint16_t pid = kNullPid;
  std::uint8_t continuity_counter = 0;  ///< 0 to 15
  bool transport_error = false;
  bool payload_unit_start = false;
  bool scrambled = false;
  bool has_adaptation_field = false;
  bool has_payload = false;
  bool discontinuity = false;        ///< discontinuity_indicator
  std::optional<std::uint64_t> pcr;  ///< 27 MHz units, below kPcrWrap
  Bytes payload;                     ///< view into the parsed bytes

  bool is_null() const { return pid == kNullPid; }
};

/// Outcome of parse_packet: `packet` is meaningful only when `fault` is none.
struct Parsed {
  Packet packet;
  Fault fault = Fault::none;
};

/// Reads one packet. Never looks outside of `bytes`; the result's payload points into them.
Parsed parse_packet(Bytes bytes);

}  // namespace wireproof::mpegts
