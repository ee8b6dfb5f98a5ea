#include "wire/rule.hpp"

#include <algorithm>

namespace wireproof::wire {
namespace {

constexpr std::uint16_t kArp = 0x0806;

constexpr std::size_t kUdpHeader = 8;
constexpr std::size_t kLeastTcpHeader = 20;

// RFC 9293, section 3.1.
constexpr std::uint8_t kFin = 0x01;
constexpr std::uint8_t kSyn = 0x02;
constexpr std::uint8_t kRst = 0x04;
constexpr std::uint8_t kAck = 0x10;

/// A whole header of TCP or UDP, and what it carries.
struct Transport {
  std::uint16_t from = 0;
  std::uint16_t to = 0;
  std::optional<std::uint8_t> flags = std::nullopt;  ///< of TCP
  Bytes payload;
};

std::optional<Transport> transport_of(Bytes frame, const Headers& headers) {
  if (!headers.is_ip || headers.later_fragment) return std::nullopt;
  const Bytes segment = frame.subspan(headers.transport, headers.end - headers.transport);
  if (headers.protocol == kUdp && segment.size() >= kUdpHeader) {
    return Transport{read16(segment, 0), read16(segment, 2), std::nullopt, segment.subspan(kUdpHeader)};
  }
  if (headers.protocol == kTcp && segment.size() >= kLeastTcpHeader) {
    const std::size_t header = (segment[12] >> 4U) * std::size_t{4};
    if (header < kLeastTcpHeader || header > segment.size()) return std::nullopt;
    return Transport{read16(segment, 0), read16(segment, 2), segment[13], segment.subspan(header)};
  }
  return std::nullopt;
}

bool is_of(RuleProtocol protocol, const Headers& headers) {
  switch (protocol) {
    case RuleProtocol::tcp:
      return headers.is_ip && headers.protocol == kTcp;
    case RuleProtocol::udp:
      return headers.is_ip && headers.protocol == kUdp;
    case RuleProtocol::icmp:
      return headers.is_ip && headers.protocol == kIcmp && headers.ethertype == kIpv4;
    case RuleProtocol::arp:
      return headers.ethertype == kArp;
  }
  return false;
}

bool has(RuleFlags wanted, std::uint8_t flags, bool payload) {
  switch (wanted) {
    case RuleFlags::syn:
      return (flags & (kSyn | kAck)) == kSyn;
    case RuleFlags::syn_ack:
      return (flags & (kSyn | kAck)) == (kSyn | kAck);
    case RuleFlags::ack:
      return (flags & (kSyn | kFin | kRst | kAck)) == kAck && !payload;
    case RuleFlags::fin:
      return (flags & kFin) != 0;
    case RuleFlags::rst:
      return (flags & kRst) != 0;
  }
  return false;
}

bool begins_with(Bytes payload, const std::vector<std::uint8_t>& wanted) {
  return payload.size() >= wanted.size() && std::equal(wanted.begin(), wanted.end(), payload.begin());
}

}  // namespace

bool matches(const Rule& rule, Bytes frame, const Headers& headers) {
  if (rule.protocol && !is_of(*rule.protocol, headers)) return false;
  const bool only_protocol =
      !rule.flags && !rule.data && !rule.port && !rule.from_port && !rule.to_port && rule.payload.empty();
  if (only_protocol) return true;
  const auto found = transport_of(frame, headers);
  if (!found) return false;
  if ((rule.flags || rule.data) && !found->flags) return false;
  if (rule.flags && !has(*rule.flags, *found->flags, !found->payload.empty())) return false;
  if (rule.data && found->payload.empty()) return false;
  if (rule.port && found->from != *rule.port && found->to != *rule.port) return false;
  if (rule.from_port && found->from != *rule.from_port) return false;
  if (rule.to_port && found->to != *rule.to_port) return false;
  return begins_with(found->payload, rule.payload);
}

bool loses(const Rule& rule, std::uint64_t number) {
  return number >= rule.first && number <= rule.last && (number - rule.first) % rule.step == 0;
}

bool Rules::lose(Bytes frame) {
  if (rules_.empty()) return false;
  const Headers headers = parse_headers(frame);
  bool lost = false;
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    if (!matches(rules_[i], frame, headers)) continue;
    ++matched_[i];
    lost = lost || loses(rules_[i], matched_[i]);
  }
  return lost;
}

}  // namespace wireproof::wire
