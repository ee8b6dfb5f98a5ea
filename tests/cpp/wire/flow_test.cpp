// What belongs together, and frames that nobody should send.

#include "wire/flow.hpp"

#include <gtest/gtest.h>

#include "frames.hpp"
#include "wire/checksum.hpp"
#include "wire/ecn.hpp"
#include "wire/flow_table.hpp"

namespace wireproof::wire {
namespace {

using namespace testing;

std::string flow_text(const Frame& frame) { return text_of(flow_of(frame, parse_headers(frame))); }

TEST(Flow, NamesWhatBelongsTogether) {
  const Frame datagram = udp(5000, 53, bytes_of("hello"));
  EXPECT_EQ(flow_text(concatenated({ethernet(kIpv4), ipv4(17, datagram)})), "10.0.0.1:5000>10.0.0.2:53/udp");
  EXPECT_EQ(flow_text(concatenated({ethernet(kIpv6), ipv6(17, datagram)})), "[fd00::1]:5000>[fd00::2]:53/udp");
  EXPECT_EQ(flow_text(concatenated({ethernet(kIpv4), ipv4(6, Frame(20))})), "10.0.0.1:0>10.0.0.2:0/tcp");
  EXPECT_EQ(flow_text(concatenated({ethernet(kIpv4), ipv4(1, {8, 0, 0, 0, 1, 2, 3, 4})})), "10.0.0.1>10.0.0.2/icmp:8");
  EXPECT_EQ(flow_text(concatenated({ethernet(kIpv6), ipv6(58, {135, 0, 0, 0})})), "fd00::1>fd00::2/icmp6:135");
  EXPECT_EQ(flow_text(concatenated({ethernet(kIpv4), ipv4(89, Frame(20))})), "10.0.0.1>10.0.0.2/89");
  EXPECT_EQ(flow_text(concatenated({ethernet(0x0806), Frame(28)})), "02:00:00:00:00:01>02:00:00:00:00:02/0x0806");
}

TEST(Flow, TakesAllFragmentsAsOne) {
  const Frame datagram = udp(5000, 53, Frame(100));
  const std::string expected = "10.0.0.1>10.0.0.2/udp:fragment";
  EXPECT_EQ(flow_text(concatenated({ethernet(kIpv4), ipv4(17, datagram, 0x2000)})), expected);
  EXPECT_EQ(flow_text(concatenated({ethernet(kIpv4), ipv4(17, datagram, 0x2010)})), expected);
  EXPECT_EQ(flow_text(concatenated({ethernet(kIpv4), ipv4(17, datagram, 0x0010)})), expected);
  EXPECT_EQ(flow_text(concatenated({ethernet(kIpv4), ipv4(17, datagram, 0x4000)})), "10.0.0.1:5000>10.0.0.2:53/udp");
  EXPECT_EQ(flow_text(concatenated({ethernet(kIpv6), ipv6(44, concatenated({{17, 0, 0, 1, 0, 0, 0, 9}, datagram}))})),
            "fd00::1>fd00::2/udp:fragment");
}

TEST(Flow, LooksThroughVlanTagsAndExtensionHeaders) {
  const Frame datagram = udp(5000, 53, bytes_of("hello"));
  EXPECT_EQ(flow_text(concatenated({ethernet(kVlan), vlan_tag(7, kIpv4), ipv4(17, datagram)})),
            "10.0.0.1:5000>10.0.0.2:53/udp");
  EXPECT_EQ(
      flow_text(concatenated({ethernet(kServiceVlan), vlan_tag(7, kVlan), vlan_tag(8, kIpv6), ipv6(17, datagram)})),
      "[fd00::1]:5000>[fd00::2]:53/udp");
  const Frame options = {60, 0, 1, 4, 0, 0, 0, 0};
  const Frame destination = {17, 1, 1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  EXPECT_EQ(flow_text(concatenated({ethernet(kIpv6), ipv6(0, concatenated({options, destination, datagram}))})),
            "[fd00::1]:5000>[fd00::2]:53/udp");
}

/// What parse_headers() promises about any bytes.
void expect_inside(const Frame& frame) {
  const Headers headers = parse_headers(frame);
  EXPECT_LE(headers.network, frame.size());
  EXPECT_LE(headers.network, headers.transport);
  EXPECT_LE(headers.transport, headers.end);
  EXPECT_LE(headers.end, frame.size());
  EXPECT_FALSE(flow_text(frame).empty());
  Frame changed = frame;
  mark_congestion(changed);
  complete_checksum(changed);
  EXPECT_EQ(changed.size(), frame.size());
}

TEST(HostileFrames, MayEndAnywhere) {
  const Frame datagram = udp(5000, 53, bytes_of("hello"));
  const Frame options = {60, 0, 1, 4, 0, 0, 0, 0};
  const Frame whole[] = {
      concatenated({ethernet(kIpv4), ipv4(17, datagram)}),
      concatenated({ethernet(kVlan), vlan_tag(7, kVlan), vlan_tag(8, kIpv4), ipv4(6, Frame(40))}),
      concatenated({ethernet(kIpv6), ipv6(0, concatenated({options, {17, 0, 0, 0, 0, 0, 0, 0}, datagram}))}),
      concatenated({ethernet(kIpv6), ipv6(44, concatenated({{58, 0, 0, 1, 0, 0, 0, 9}, datagram}))}),
  };
  for (const Frame& frame : whole) {
    for (std::size_t length = 0; length <= frame.size(); ++length) {
      expect_inside(Frame(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(length)));
    }
  }
}

TEST(HostileFrames, MayLieAboutLengths) {
  const Frame good = concatenated({ethernet(kIpv4), ipv4(17, udp(5000, 53, Frame(40)))});
  for (std::size_t at = 12; at < good.size(); ++at) {
    for (const unsigned value : {0x00U, 0x01U, 0x0FU, 0x40U, 0x4FU, 0x60U, 0x7FU, 0x80U, 0xFFU}) {
      Frame bad = good;
      bad[at] = static_cast<std::uint8_t>(value);
      expect_inside(bad);
    }
  }
}

TEST(HostileFrames, MayBeEndlessChainsOfExtensionHeadersOrTags) {
  Frame extensions;
  for (int i = 0; i < 500; ++i) append(extensions, {60, 0, 0, 0, 0, 0, 0, 0});
  const Frame chain = concatenated({ethernet(kIpv6), ipv6(60, extensions)});
  expect_inside(chain);
  EXPECT_EQ(flow_text(chain), "fd00::1>fd00::2/60");
  expect_inside(concatenated({ethernet(kIpv6), ipv6(43, {17, 255, 0, 0, 0, 0, 0, 0})}));
  Frame tags = ethernet(kVlan);
  for (int i = 0; i < 300; ++i) append(tags, vlan_tag(1, kVlan));
  expect_inside(tags);
  EXPECT_EQ(parse_headers(tags).ethertype, kVlan);
}

TEST(Flow, HashesDifferInEveryMember) {
  const Frame frame = concatenated({ethernet(kIpv4), ipv4(17, udp(5000, 53, Frame(8)))});
  const FlowKey key = flow_of(frame, parse_headers(frame));
  EXPECT_EQ(hash(key, 1), hash(key, 1));
  EXPECT_NE(hash(key, 1), hash(key, 2));
  for (const std::size_t at : {29U, 33U, 35U, 37U}) {  // addresses and ports
    Frame other = frame;
    other[at] ^= 1;
    EXPECT_NE(hash(flow_of(other, parse_headers(other)), 1), hash(key, 1)) << at;
  }
}

TEST(FlowTable, ForgetsTheFlowThatWasSilentLongest) {
  FlowTable table(1, 3);
  const auto key = [](std::uint16_t port) {
    FlowKey flow;
    flow.source_port = port;
    return flow;
  };
  for (std::uint16_t port = 1; port <= 3; ++port) table.find(key(port)).packets = port;
  EXPECT_EQ(table.find(key(1)).packets, 1U);
  table.find(key(4)).packets = 4;
  EXPECT_EQ(table.size(), 3U);
  EXPECT_EQ(table.forgotten(), 1U);
  EXPECT_EQ(table.find(key(1)).packets, 1U);
  EXPECT_EQ(table.find(key(3)).packets, 3U);
  EXPECT_EQ(table.find(key(2)).packets, 0U);
}

TEST(FlowTable, StaysBoundedUnderAMillionFlows) {
  FlowTable table(1, 1000);
  FlowKey key;
  for (std::uint32_t i = 0; i < 1'000'000; ++i) {
    key.source[0] = static_cast<std::uint8_t>(i);
    key.source[1] = static_cast<std::uint8_t>(i >> 8);
    key.source[2] = static_cast<std::uint8_t>(i >> 16);
    table.find(key);
  }
  EXPECT_EQ(table.size(), 1000U);
  EXPECT_EQ(table.forgotten(), 999'000U);
}

std::uint32_t folded_sum(Bytes bytes) {
  std::uint32_t sum = 0;
  for (std::size_t at = 0; at + 1 < bytes.size(); at += 2) sum += read16(bytes, at);
  while (sum > 0xFFFF) sum = (sum & 0xFFFF) + (sum >> 16);
  return sum;
}

TEST(Ecn, MarksCapablePacketsOnlyAndKeepsTheChecksumRight) {
  for (const std::uint8_t service : {0x01, 0x02, 0xB9}) {
    Frame frame = concatenated({ethernet(kIpv4), ipv4(6, Frame(20), 0, service)});
    EXPECT_TRUE(mark_congestion(frame));
    EXPECT_EQ(frame[15], service | 3);
    EXPECT_EQ(folded_sum(Bytes(frame).subspan(14, 20)), 0xFFFFU);
    Frame six = concatenated({ethernet(kIpv6), ipv6(6, Frame(20), service)});
    EXPECT_TRUE(mark_congestion(six));
    EXPECT_EQ((six[14] << 4 | six[15] >> 4) & 0xFF, service | 3);
  }
  Frame incapable = concatenated({ethernet(kIpv4), ipv4(6, Frame(20), 0, 0xB8)});
  const Frame before = incapable;
  EXPECT_FALSE(mark_congestion(incapable));
  EXPECT_EQ(incapable, before);
  Frame arp = concatenated({ethernet(0x0806), Frame(28)});
  EXPECT_FALSE(mark_congestion(arp));
}

TEST(Checksum, CompletesWhatTheSenderLeftToHardware) {
  // The pseudo-header: both addresses, the protocol, the length.
  Frame datagram = udp(5000, 53, bytes_of("odd length!"));
  const Frame pseudo = concatenated({{10, 0, 0, 1, 10, 0, 0, 2, 0, 17}, word16(datagram.size())});
  write16(datagram, 6, static_cast<std::uint16_t>(folded_sum(pseudo)));
  Frame frame = concatenated({ethernet(kIpv4), ipv4(17, datagram), {0xAA, 0xBB}});  // padded
  complete_checksum(frame);
  Frame covered = concatenated({pseudo, Frame(frame.begin() + 34, frame.end() - 2)});
  if (covered.size() % 2 == 1) covered.push_back(0);
  EXPECT_EQ(folded_sum(covered), 0xFFFFU);
}

}  // namespace
}  // namespace wireproof::wire
