#include "mpegts/packet.hpp"

namespace wireproof::mpegts {
namespace {

constexpr std::size_t kHeaderSize = 4;
constexpr std::size_t kPcrFieldSize = 6;

/// program_clock_reference_base (33 bits), 6 reserved bits, program_clock_reference_extension (9 bits).
std::optional<std::uint64_t> read_pcr(Bytes field) {
  const std::uint64_t base = std::uint64_t{read_number<std::uint32_t>(field, 0)} << 1 | field[4] >> 7;
  const std::uint64_t extension = static_cast<std::uint64_t>(field[4] & 1) << 8 | field[5];
  if (extension >= 300) return std::nullopt;
  return base * 300 + extension;
}

/// Reads the adaptation field's content (after its length byte); an empty one is a single stuffing byte.
Fault read_adaptation(Bytes field, Packet& packet) {
  if (field.empty()) return Fault::none;
  const std::uint8_t flags = field[0];
  packet.discontinuity = (flags & 0x80) != 0;
  if ((flags & 0x10) == 0) return Fault::none;
  if (field.size() < 1 + kPcrFieldSize) return Fault::adaptation;
  packet.pcr = read_pcr(field.subspan(1, kPcrFieldSize));
  return packet.pcr ? Fault::none : Fault::pcr;
}

}  // namespace

std::string_view to_string(Fault fault) {
  switch (fault) {
    case Fault::none:
      return "no fault";
    case Fault::size:
      return "not 188 bytes";
    case Fault::sync:
      return "no sync byte 0x47";
    case Fault::reserved_control:
      return "reserved adaptation_field_control 00";
    case Fault::adaptation:
      return "adaptation field does not fit";
    case Fault::pcr:
      return "PCR extension out of range";
  }
  return "unknown fault";
}

Parsed parse_packet(Bytes bytes) {
  Parsed parsed;
  Packet& packet = parsed.packet;
  if (bytes.size() != kPacketSize) {
    parsed.fault = Fault::size;
    return parsed;
  }
  if (bytes[0] != kSyncByte) {
    parsed.fault = Fault::sync;
    return parsed;
  }
  packet.transport_error = (bytes[1] & 0x80) != 0;
  packet.payload_unit_start = (bytes[1] & 0x40) != 0;
  packet.pid = static_cast<std::uint16_t>(read16(bytes, 1) & 0x1FFF);
  packet.scrambled = (bytes[3] & 0xC0) != 0;
  packet.has_adaptation_field = (bytes[3] & 0x20) != 0;
  packet.has_payload = (bytes[3] & 0x10) != 0;
  packet.continuity_counter = bytes[3] & 0x0F;
  if (!packet.has_adaptation_field && !packet.has_payload) {
    parsed.fault = Fault::reserved_control;
    return parsed;
  }
  std::size_t payload_at = kHeaderSize;
  if (packet.has_adaptation_field) {
    const std::size_t length = bytes[4];
    // With a payload at least one byte of it must be left: 182 at most, 183 without (2.4.3.5).
    if (length > (packet.has_payload ? 182U : 183U)) {
      parsed.fault = Fault::adaptation;
      return parsed;
    }
    parsed.fault = read_adaptation(bytes.subspan(kHeaderSize + 1, length), packet);
    payload_at += 1 + length;
  }
  if (packet.has_payload) packet.payload = bytes.subspan(payload_at);
  return parsed;
}

}  // namespace wireproof::mpegts
