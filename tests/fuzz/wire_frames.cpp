// Any bytes as frames on a link with everything on: offsets stay inside, every frame is accounted for.
// Input: one byte that chooses the kind of frame, then the bytes behind the addresses; each 0xFE of them starts a
// frame.

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <string>

#include <boost/json/parse.hpp>

#include "goals.hpp"
#include "wire/checksum.hpp"
#include "wire/ecn.hpp"
#include "wire/link.hpp"

using namespace wireproof::wire;
using wireproof::fuzz::Goal;

namespace {

Goal ports("a frame with ports", 20);
Goal marked("a packet marked by ECN", 1);
Goal dropped("a packet that the queue drops", 10);
Goal altered("a packet that is corrupted", 20);
Goal overtaken("a packet that is overtaken", 5);

void check(bool holds) {
  if (!holds) std::abort();
}

void check_frame(Bytes frame) {
  const Headers headers = parse_headers(frame);
  check(headers.network <= headers.transport && headers.transport <= headers.end && headers.end <= frame.size());
  const FlowKey key = flow_of(frame, headers);
  ports.reach(key.has_ports);
  check(key == flow_of(frame, headers) && hash(key, 1) == hash(key, 1));
  const std::string text = text_of(key);
  check(text.find('>') != std::string::npos && text.find('"') == std::string::npos);
  std::vector<std::uint8_t> changed(frame.begin(), frame.end());
  const bool marked = mark_congestion(changed);
  check(marked || std::equal(changed.begin(), changed.end(), frame.begin()));
  complete_checksum(changed);
  check(flow_of(changed, parse_headers(changed)).kind == key.kind);
}

constexpr const char* kConfiguration = R"({"both": {
  "rate": "1mbit", "burst": 100, "queue": {"packets": 5}, "discipline": "red", "ecn": true,
  "red": {"min": 1, "max": 4, "weight": 0.5}, "delay": "1ms", "jitter": "1ms", "keep_order": false, "reorder": "10%",
  "loss": "10%", "duplicate": "20%", "corrupt": "20%",
  "lose": [{"protocol": "arp", "every": 5}, {"protocol": "icmp", "every": 5}, {"protocol": "udp", "every": 5},
           {"flags": "SYN", "nth": 2}, {"flags": "SYN/ACK", "nth": 2}, {"flags": "ACK", "first": 1},
           {"flags": "FIN", "data": true, "every": 3}, {"flags": "RST", "every": 3}, {"data": true, "every": 3},
           {"port": 0, "first": 2}, {"from_port": 0, "to_port": 257, "every": 2}, {"payload": "00", "every": 3},
           {"protocol": "tcp", "payload": "01", "every": 3}]}})";
/// One for each of the rules.
Goal found[] = {{"a frame for lose[0], arp", 5},
                {"a frame for lose[1], icmp", 5},
                {"a frame for lose[2], udp", 5},
                {"a frame for lose[3], SYN", 5},
                {"a frame for lose[4], SYN/ACK", 5},
                {"a frame for lose[5], ACK", 5},
                {"a frame for lose[6], FIN", 5},
                {"a frame for lose[7], RST", 5},
                {"a frame for lose[8], data", 5},
                {"a frame for lose[9], port", 5},
                {"a frame for lose[10], both ports", 5},
                {"a frame for lose[11], payload", 5},
                {"a frame for lose[12], payload of TCP", 5}};

void check_rules(const std::vector<Rule>& rules, Bytes frame) {
  const Headers headers = parse_headers(frame);
  check(rules.size() == std::size(found));
  for (std::size_t i = 0; i < rules.size(); ++i) found[i].reach(matches(rules[i], frame, headers));
}

/// IPv4 (or IPv6) with the bytes as what it carries.
std::vector<std::uint8_t> packet_of(bool ipv6, std::uint8_t protocol, Bytes bytes) {
  std::vector<std::uint8_t> packet(ipv6 ? 40 : 20);
  packet[0] = ipv6 ? 0x60 : 0x45;
  packet[ipv6 ? 6 : 9] = protocol;
  write16(packet, ipv6 ? 4 : 2, static_cast<std::uint16_t>(bytes.size() + (ipv6 ? 0 : packet.size())));
  packet.insert(packet.end(), bytes.begin(), bytes.end());
  return packet;
}

/// A whole segment of TCP from port 0 to port 257: the first byte as its flags; where it carries something, that begins
/// with 0 or 1, and the other bytes follow.
std::vector<std::uint8_t> segment_of(Bytes bytes, bool carries) {
  std::vector<std::uint8_t> segment(20);
  write16(segment, 2, 257);
  segment[12] = 0x50;
  if (bytes.empty()) return segment;
  segment[13] = bytes.front();
  if (carries) {
    segment.push_back(bytes.back() & 1U);
    segment.insert(segment.end(), bytes.begin() + 1, bytes.end());
  }
  return segment;
}

/// Random bytes hardly ever begin as a frame does.
std::vector<std::uint8_t> frame_of(std::uint8_t kind, Bytes bytes) {
  std::vector<std::uint8_t> frame(12, 2);
  const std::uint16_t types[] = {kIpv4, kIpv6, kVlan, kServiceVlan};
  if ((kind & 0x90) == 0x10) {
    const std::uint8_t protocols[] = {6, 17, 1, 6};
    frame.resize(14);
    write16(frame, 12, (kind & 8) != 0 ? 0x0806 : types[kind & 1]);
    const auto carried =
        (kind & 6) == 6 ? segment_of(bytes, (kind & 0x40) != 0) : std::vector<std::uint8_t>(bytes.begin(), bytes.end());
    const auto packet = packet_of((kind & 1) != 0, protocols[kind >> 1 & 3], carried);
    frame.insert(frame.end(), packet.begin(), packet.end());
    return frame;
  }
  if ((kind & 0x80) != 0) frame.clear();
  if ((kind & 0x40) != 0 && !frame.empty()) {
    frame.resize(14);
    write16(frame, 12, types[kind & 3]);
    if ((kind & 3) < 2) frame.push_back((kind & 3) == 0 ? 0x45 : 0x60);
  }
  frame.insert(frame.end(), bytes.begin(), bytes.end());
  return frame;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Configuration configuration(boost::json::parse(kConfiguration).get_object(), {});
  static const std::vector<Rule> rules = configuration.settings(Side::forward).rules;
  std::uint64_t reported = 0;
  Link link(configuration, nanoseconds(0), [&](Side, const Packet&, Cause, nanoseconds) { ++reported; });
  Bytes input(data, size);
  std::uint64_t sent = 0;
  nanoseconds now{0};
  while (!input.empty()) {
    const std::uint8_t kind = input.front();
    input = input.subspan(1);
    const auto end = std::find(input.begin(), input.end(), 0xFE);
    const auto frame = frame_of(kind, input.first(static_cast<std::size_t>(end - input.begin())));
    input = input.subspan(static_cast<std::size_t>(end - input.begin()));
    if (!input.empty()) input = input.subspan(1);
    check_frame(frame);
    check_rules(rules, frame);
    now += std::chrono::microseconds(kind);
    ++sent;
    link.arrive(Side::forward, frame, frame.size() + ((kind & 0x20) != 0 ? 5 : 0), now);
  }
  Direction& direction = link.direction(Side::forward);
  for (nanoseconds next = link.next(); next != kNever; next = link.next()) {
    while (auto packet = link.leave(Side::forward, next)) direction.sent(std::move(*packet));
  }
  const Counters& counters = direction.counters();
  marked.reach(counters.marked > 0);
  dropped.reach(counters.of(Cause::queue) + counters.of(Cause::red) > 0);
  altered.reach(counters.corrupted > 0);
  overtaken.reach(counters.reordered > 0);
  check(counters.received == sent && direction.queued_packets() == 0 && direction.flying_packets() == 0);
  check(counters.received + counters.duplicated == counters.passed + reported);
  return 0;
}
