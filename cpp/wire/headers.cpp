#include "wire/headers.hpp"

#include <algorithm>

namespace wireproof::wire {
namespace {

constexpr std::size_t kIpv6Header = 40;
constexpr int kMaxExtensions = 8;

void parse_ipv4(Bytes frame, Headers& headers) {
  const Bytes packet = frame.subspan(headers.network);
  if (packet.size() < 20 || packet[0] >> 4 != 4) return;
  const std::size_t header = (packet[0] & 0x0FU) * 4;
  const std::size_t total = read16(packet, 2);
  if (header < 20 || header > packet.size() || total < header) return;
  headers.is_ip = true;
  headers.protocol = packet[9];
  headers.fragment = (read16(packet, 6) & 0x3FFF) != 0;  // more fragments, or an offset
  headers.later_fragment = (read16(packet, 6) & 0x1FFF) != 0;
  headers.transport = headers.network + header;
  headers.end = headers.network + std::min(total, packet.size());
}

/// RFC 8200, section 4: hop-by-hop options, routing, fragment, destination options.
void parse_ipv6(Bytes frame, Headers& headers) {
  const Bytes packet = frame.subspan(headers.network);
  if (packet.size() < kIpv6Header || packet[0] >> 4 != 6) return;
  headers.is_ip = true;
  headers.protocol = packet[6];
  const std::size_t end = std::min(packet.size(), kIpv6Header + read16(packet, 4));
  std::size_t at = kIpv6Header;
  for (int extensions = 0; extensions < kMaxExtensions && end - at >= 8; ++extensions) {
    const std::uint8_t kind = headers.protocol;
    std::size_t length = 8;
    if (kind == 0 || kind == 43 || kind == 60) {
      length = (packet[at + 1] + 1U) * 8;
    } else if (kind == 44) {
      headers.fragment = true;
      headers.later_fragment = read16(packet, at + 2) >> 3 != 0;
    } else {
      break;
    }
    if (length > end - at) break;
    headers.protocol = packet[at];
    at += length;
    if (headers.later_fragment) break;  // what follows is no header
  }
  headers.transport = headers.network + at;
  headers.end = headers.network + end;
}

}  // namespace

Headers parse_headers(Bytes frame) {
  Headers headers;
  if (frame.size() < kEthernetHeader) {
    headers.network = headers.transport = headers.end = frame.size();
    return headers;
  }
  headers.network = kEthernetHeader;
  headers.ethertype = read16(frame, 12);
  for (int tags = 0; tags < 2 && (headers.ethertype == kVlan || headers.ethertype == kServiceVlan); ++tags) {
    if (frame.size() < headers.network + kVlanTag) break;
    headers.ethertype = read16(frame, headers.network + 2);
    headers.network += kVlanTag;
  }
  headers.transport = headers.network;
  headers.end = frame.size();
  if (headers.ethertype == kIpv4) parse_ipv4(frame, headers);
  if (headers.ethertype == kIpv6) parse_ipv6(frame, headers);
  return headers;
}

}  // namespace wireproof::wire
