#include "wire/flow.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "wire/packet_random.hpp"

namespace wireproof::wire {
namespace {

constexpr std::uint8_t kIcmpv6 = 58;

struct TransportName {
  std::uint8_t protocol;
  const char* name;
  bool has_ports;
};
constexpr TransportName kTransports[] = {{kIcmp, "icmp", false},   {6, "tcp", true},    {17, "udp", true},
                                         {33, "dccp", true},       {132, "sctp", true}, {136, "udplite", true},
                                         {kIcmpv6, "icmp6", false}};

const TransportName* transport_of(std::uint8_t protocol) {
  const auto* const found = std::find_if(std::begin(kTransports), std::end(kTransports),
                                         [&](const TransportName& entry) { return entry.protocol == protocol; });
  return found == std::end(kTransports) ? nullptr : found;
}

void copy_address(Bytes frame, std::size_t at, std::size_t length, std::array<std::uint8_t, 16>& address) {
  std::copy_n(frame.begin() + static_cast<std::ptrdiff_t>(at), length, address.begin());
}

std::string address_text(const FlowKey& key, const std::array<std::uint8_t, 16>& address) {
  if (key.kind == FlowKey::Kind::ethernet) {
    return fmt::format("{:02x}:{:02x}:{:02x}:{:02x}:{:02x}:{:02x}", address[0], address[1], address[2], address[3],
                       address[4], address[5]);
  }
  char text[INET6_ADDRSTRLEN] = "";
  ::inet_ntop(key.kind == FlowKey::Kind::ipv4 ? AF_INET : AF_INET6, address.data(), text, sizeof text);
  return text;
}

std::string end_text(const FlowKey& key, const std::array<std::uint8_t, 16>& address, std::uint16_t port) {
  const std::string text = address_text(key, address);
  if (!key.has_ports) return text;
  return key.kind == FlowKey::Kind::ipv6 ? fmt::format("[{}]:{}", text, port) : fmt::format("{}:{}", text, port);
}

std::string what_text(const FlowKey& key) {
  if (key.kind == FlowKey::Kind::ethernet) return fmt::format("{:#06x}", key.source_port);
  const TransportName* const transport = transport_of(key.protocol);
  const std::string name = transport != nullptr ? transport->name : std::to_string(key.protocol);
  if (key.fragment) return name + ":fragment";
  if (key.protocol == kIcmp || key.protocol == kIcmpv6) return fmt::format("{}:{}", name, key.source_port);
  return name;
}

}  // namespace

FlowKey flow_of(Bytes frame, const Headers& headers) {
  FlowKey key;
  if (!headers.is_ip) {
    const std::size_t length = std::min<std::size_t>(frame.size(), 12);
    copy_address(frame, 0, std::min<std::size_t>(length, 6), key.destination);
    if (length > 6) copy_address(frame, 6, length - 6, key.source);
    key.source_port = headers.ethertype;
    return key;
  }
  const bool is_ipv4 = headers.ethertype == kIpv4;
  key.kind = is_ipv4 ? FlowKey::Kind::ipv4 : FlowKey::Kind::ipv6;
  const std::size_t length = is_ipv4 ? 4 : 16;
  const std::size_t source = headers.network + (is_ipv4 ? 12 : 8);
  copy_address(frame, source, length, key.source);
  copy_address(frame, source + length, length, key.destination);
  key.protocol = headers.protocol;
  key.fragment = headers.fragment;
  if (key.fragment || headers.end - headers.transport < 4) return key;
  const TransportName* const transport = transport_of(key.protocol);
  if (transport == nullptr) return key;
  key.has_ports = transport->has_ports;
  key.source_port = key.has_ports ? read16(frame, headers.transport) : frame[headers.transport];
  key.destination_port = key.has_ports ? read16(frame, headers.transport + 2) : 0;
  return key;
}

std::uint64_t hash(const FlowKey& key, std::uint64_t seed) {
  std::uint64_t mixed = scramble(seed);
  const auto mix = [&](std::uint64_t word) { mixed = scramble(mixed ^ word); };
  for (const auto* const address : {&key.source, &key.destination}) {
    mix(read_number<std::uint64_t>(*address, 0));
    mix(read_number<std::uint64_t>(*address, 8));
  }
  mix(static_cast<std::uint64_t>(key.kind) << 56 | static_cast<std::uint64_t>(key.protocol) << 48 |
      static_cast<std::uint64_t>(key.fragment) << 41 | static_cast<std::uint64_t>(key.has_ports) << 40 |
      static_cast<std::uint64_t>(key.source_port) << 16 | key.destination_port);
  return mixed;
}

std::string text_of(const FlowKey& key) {
  return fmt::format("{}>{}/{}", end_text(key, key.source, key.source_port),
                     end_text(key, key.destination, key.destination_port), what_text(key));
}

}  // namespace wireproof::wire
