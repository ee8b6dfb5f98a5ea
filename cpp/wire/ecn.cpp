#include "wire/ecn.hpp"

#include "wire/headers.hpp"

namespace wireproof::wire {
namespace {

constexpr std::uint16_t kCongestionExperienced = 3;

}  // namespace

bool mark_congestion(std::span<std::uint8_t> frame) {
  const Headers headers = parse_headers(frame);
  if (!headers.is_ip) return false;
  // The two bits are the last of IPv4's second byte; IPv6's traffic class is four bits further left.
  const unsigned shift = headers.ethertype == kIpv4 ? 0 : 4;
  const std::uint16_t word = read16(frame, headers.network);
  if ((word >> shift & kCongestionExperienced) == 0) return false;
  const auto marked = static_cast<std::uint16_t>(word | kCongestionExperienced << shift);
  write16(frame, headers.network, marked);
  if (headers.ethertype == kIpv4) {
    const std::size_t checksum = headers.network + 10;
    std::uint32_t sum = (~read16(frame, checksum) & 0xFFFFU) + (~word & 0xFFFFU) + marked;
    sum = (sum & 0xFFFF) + (sum >> 16);
    sum = (sum & 0xFFFF) + (sum >> 16);
    write16(frame, checksum, static_cast<std::uint16_t>(~sum));
  }
  return true;
}

}  // namespace wireproof::wire
