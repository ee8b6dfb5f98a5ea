#include "wire/checksum.hpp"

#include "wire/headers.hpp"

namespace wireproof::wire {

void complete_checksum(std::span<std::uint8_t> frame) {
  const Headers headers = parse_headers(frame);
  if (!headers.is_ip || headers.fragment || (headers.protocol != kTcp && headers.protocol != kUdp)) return;
  const std::size_t field = headers.protocol == kTcp ? 16 : 6;
  const auto segment = frame.subspan(headers.transport, headers.end - headers.transport);
  if (segment.size() < field + 2) return;
  std::uint64_t sum = 0;
  for (std::size_t at = 0; at + 1 < segment.size(); at += 2) sum += read16(segment, at);
  if (segment.size() % 2 == 1) sum += static_cast<std::uint64_t>(segment.back()) << 8;
  while (sum > 0xFFFF) sum = (sum & 0xFFFF) + (sum >> 16);
  auto checksum = static_cast<std::uint16_t>(~sum);
  if (checksum == 0 && headers.protocol == kUdp) checksum = 0xFFFF;  // 0 would say: none
  write16(segment, field, checksum);
}

}  // namespace wireproof::wire
