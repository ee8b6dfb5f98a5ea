// Loss by rule: which frames a rule is about, which of those it loses, and which rules are refused.

#include "wire/rule.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "laws.hpp"
#include "wire/rule_json.hpp"

namespace wireproof::wire {
namespace {

using namespace testing;
using ::testing::HasSubstr;

constexpr std::uint8_t kFin = 1;
constexpr std::uint8_t kSyn = 2;
constexpr std::uint8_t kRst = 4;
constexpr std::uint8_t kPush = 8;
constexpr std::uint8_t kAck = 16;

Rule rule_from(std::string_view json) {
  const boost::json::object document = {
      {"lose", {boost::json::parse(boost::json::string_view(json.data(), json.size()))}}};
  return parse_rules(Members(document, "forward")).at(0);
}

bool about(std::string_view json, const Frame& frame) { return matches(rule_from(json), frame, parse_headers(frame)); }

Frame over_ipv4(const Frame& segment) { return concatenated({ethernet(kIpv4), ipv4(6, segment)}); }

TEST(Rule, TellsSegmentsByTheirFlags) {
  const std::pair<const char*, std::vector<bool>> table[] = {
      {R"({"flags": "SYN", "first": 1})", {true, false, false, false, false, false, false, true}},
      {R"({"flags": "SYN/ACK", "first": 1})", {false, true, false, false, false, false, false, false}},
      {R"({"flags": "ACK", "first": 1})", {false, false, true, false, false, false, false, false}},
      {R"({"data": true, "first": 1})", {false, false, false, true, false, true, false, true}},
      {R"({"flags": "FIN", "first": 1})", {false, false, false, false, true, true, false, false}},
      {R"({"flags": "RST", "first": 1})", {false, false, false, false, false, false, true, false}},
      {R"({"flags": "FIN", "data": true, "first": 1})", {false, false, false, false, false, true, false, false}},
      {R"({"protocol": "tcp", "first": 1})", {true, true, true, true, true, true, true, true}},
      {R"({"protocol": "udp", "first": 1})", {false, false, false, false, false, false, false, false}},
  };
  const Frame text = bytes_of("text");
  const Frame segments[] = {tcp(5000, 80, kSyn),        tcp(80, 5000, kSyn | kAck),
                            tcp(5000, 80, kAck),        tcp(5000, 80, kAck | kPush, text),
                            tcp(5000, 80, kFin | kAck), tcp(5000, 80, kFin | kAck, text),
                            tcp(80, 5000, kRst | kAck), tcp(5000, 80, kSyn, text)};  // fast open
  for (const auto& [json, expected] : table) {
    for (std::size_t i = 0; i < std::size(segments); ++i) {
      EXPECT_EQ(about(json, over_ipv4(segments[i])), expected[i]) << json << " " << i;
      EXPECT_EQ(about(json, concatenated({ethernet(kIpv6), ipv6(6, segments[i])})), expected[i]) << json << " " << i;
    }
  }
}

TEST(Rule, TellsProtocols) {
  const Frame frames[] = {over_ipv4(tcp(1, 2, kSyn)),
                          concatenated({ethernet(kIpv4), ipv4(17, udp(1, 2, bytes_of("x")))}),
                          concatenated({ethernet(kIpv4), ipv4(1, {8, 0, 0, 0, 1, 2, 3, 4})}),
                          concatenated({ethernet(0x0806), Frame(28)}),
                          concatenated({ethernet(kIpv6), ipv6(58, {135, 0, 0, 0})}),
                          concatenated({ethernet(kIpv6), ipv6(1, Frame(8))}),
                          concatenated({ethernet(0x88CC), Frame(28)})};
  const char* const protocols[] = {"tcp", "udp", "icmp", "arp"};
  for (std::size_t frame = 0; frame < std::size(frames); ++frame) {
    for (std::size_t wanted = 0; wanted < std::size(protocols); ++wanted) {
      const auto json = fmt::format(R"({{"protocol": "{}", "every": 1}})", protocols[wanted]);
      EXPECT_EQ(about(json, frames[frame]), frame == wanted) << json << " " << frame;
    }
  }
}

TEST(Rule, TellsPorts) {
  const Frame frame = over_ipv4(tcp(12800, 53, kAck));
  const Frame datagram = concatenated({ethernet(kIpv4), ipv4(17, udp(12800, 53, {}))});
  const std::pair<const char*, bool> table[] = {
      {R"({"port": 12800, "first": 1})", true},
      {R"({"port": 53, "first": 1})", true},
      {R"({"port": 54, "first": 1})", false},
      {R"({"from_port": 12800, "first": 1})", true},
      {R"({"from_port": 53, "first": 1})", false},
      {R"({"to_port": 53, "first": 1})", true},
      {R"({"to_port": 12800, "first": 1})", false},
      {R"({"from_port": 12800, "to_port": 53, "port": 53, "first": 1})", true},
      {R"({"from_port": 12800, "to_port": 54, "first": 1})", false},
  };
  for (const auto& [json, expected] : table) {
    EXPECT_EQ(about(json, frame), expected) << json;
    EXPECT_EQ(about(json, datagram), expected) << json;
  }
  EXPECT_FALSE(about(R"({"port": 0, "first": 1})", concatenated({ethernet(kIpv4), ipv4(1, Frame(8))})));
}

TEST(Rule, TellsWhatPayloadBeginsWith) {
  const char* const data = R"({"payload": "44415441", "first": 1})";  // DATA
  for (const char* text : {"DATA", "DATA 17", "DATAGRAM"}) {
    EXPECT_TRUE(about(data, over_ipv4(tcp(1, 2, kAck, bytes_of(text))))) << text;
    EXPECT_TRUE(about(data, concatenated({ethernet(kIpv4), ipv4(17, udp(1, 2, bytes_of(text)))}))) << text;
  }
  for (const char* text : {"", "DAT", "ADATA", "data"}) {
    EXPECT_FALSE(about(data, over_ipv4(tcp(1, 2, kAck, bytes_of(text))))) << text;
    EXPECT_FALSE(about(data, concatenated({ethernet(kIpv4), ipv4(17, udp(1, 2, bytes_of(text)))}))) << text;
  }
  EXPECT_TRUE(about(R"({"payload": "00fF", "first": 1})", over_ipv4(tcp(1, 2, kAck, {0, 255, 3}))));
  EXPECT_FALSE(about(data, concatenated({ethernet(kIpv4), ipv4(1, bytes_of("DATA"))})));
}

TEST(Rule, LooksThroughTagsOptionsAndExtensionHeaders) {
  const char* const json = R"({"flags": "FIN", "data": true, "to_port": 80, "payload": "6279", "first": 1})";
  const Frame segment = tcp(5000, 80, kFin | kAck, bytes_of("bye"), Frame(12));
  EXPECT_TRUE(about(json, concatenated({ethernet(kVlan), vlan_tag(7, kIpv4), ipv4(6, segment)})));
  EXPECT_TRUE(
      about(json, concatenated({ethernet(kServiceVlan), vlan_tag(7, kVlan), vlan_tag(8, kIpv6), ipv6(6, segment)})));
  Frame options = ipv4(6, concatenated({Frame(8), segment}));
  options[0] = 0x47;  // seven words of header
  EXPECT_TRUE(about(json, concatenated({ethernet(kIpv4), options})));
  const Frame hop_by_hop = {60, 0, 1, 4, 0, 0, 0, 0};
  const Frame destination = {6, 1, 1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  EXPECT_TRUE(about(json, concatenated({ethernet(kIpv6), ipv6(0, concatenated({hop_by_hop, destination, segment}))})));
}

TEST(Rule, TakesPaddingForNoPayload) {
  const Frame padded = concatenated({over_ipv4(tcp(5000, 80, kAck)), Frame(6)});
  EXPECT_TRUE(about(R"({"flags": "ACK", "first": 1})", padded));
  EXPECT_FALSE(about(R"({"data": true, "first": 1})", padded));
}

TEST(Rule, SeesPortsInTheFirstFragmentOnly) {
  const Frame datagram = udp(5000, 53, Frame(100));
  const auto fragment = [&](std::uint16_t field) { return concatenated({ethernet(kIpv4), ipv4(17, datagram, field)}); };
  const auto fragment6 = [&](std::uint8_t offset) {
    return concatenated({ethernet(kIpv6), ipv6(44, concatenated({{17, 0, 0, offset, 0, 0, 0, 9}, datagram}))});
  };
  for (const Frame& first : {fragment(0x2000), fragment6(1)}) {
    EXPECT_TRUE(about(R"({"port": 53, "first": 1})", first));
    EXPECT_TRUE(about(R"({"protocol": "udp", "first": 1})", first));
  }
  for (const Frame& later : {fragment(0x2010), fragment(0x0010), fragment6(8), fragment6(9)}) {
    EXPECT_FALSE(about(R"({"port": 53, "first": 1})", later));
    EXPECT_FALSE(about(R"({"payload": "00", "first": 1})", later));
    EXPECT_TRUE(about(R"({"protocol": "udp", "first": 1})", later));
  }
  // The payload of a later fragment may look like one more extension header.
  const Frame looks_so = {6, 0, 1, 4, 0, 0, 0, 0};
  const Frame later = concatenated(
      {ethernet(kIpv6), ipv6(44, concatenated({{60, 0, 0, 8, 0, 0, 0, 9}, looks_so, tcp(5000, 80, kSyn)}))});
  EXPECT_FALSE(about(R"({"protocol": "tcp", "first": 1})", later));
}

TEST(Rule, UnderstandsWhatIsCutShort) {
  const Rule rules[] = {rule_from(R"({"flags": "FIN", "data": true, "port": 80, "payload": "6279", "first": 1})"),
                        rule_from(R"({"protocol": "udp", "to_port": 80, "payload": "6279", "first": 1})"),
                        rule_from(R"({"protocol": "arp", "first": 1})")};
  const Frame extension = {6, 0, 1, 4, 0, 0, 0, 0};
  const Frame wholes[] = {
      over_ipv4(tcp(5000, 80, kFin, bytes_of("by"), Frame(12))),
      concatenated({ethernet(kIpv4), ipv4(17, udp(5000, 80, bytes_of("by")))}),
      concatenated({ethernet(kIpv6), ipv6(60, concatenated({extension, tcp(5000, 80, kFin, bytes_of("by"))}))})};
  const std::size_t rule_of[] = {0, 1, 0};
  for (std::size_t i = 0; i < std::size(wholes); ++i) {
    for (std::size_t length = 0; length <= wholes[i].size(); ++length) {
      const Frame frame(wholes[i].begin(), wholes[i].begin() + static_cast<std::ptrdiff_t>(length));
      for (std::size_t rule = 0; rule < std::size(rules); ++rule) {
        EXPECT_EQ(matches(rules[rule], frame, parse_headers(frame)), rule == rule_of[i] && length == wholes[i].size())
            << i << " " << length << " " << rule;
      }
    }
  }
  Frame offset = over_ipv4(tcp(5000, 80, kSyn));
  for (const unsigned words : {0U, 4U, 6U, 15U}) {  // less than a header, or more than there is
    offset[46] = static_cast<std::uint8_t>(words << 4);
    EXPECT_FALSE(about(R"({"flags": "SYN", "first": 1})", offset)) << words;
    EXPECT_TRUE(about(R"({"protocol": "tcp", "first": 1})", offset)) << words;
  }
}

std::vector<std::uint64_t> lost_of_ten(std::string_view which) {
  const Rule rule = rule_from(fmt::format(R"({{"protocol": "udp", {}}})", which));
  std::vector<std::uint64_t> lost;
  for (std::uint64_t number = 1; number <= 10; ++number) {
    if (loses(rule, number)) lost.push_back(number);
  }
  return lost;
}

TEST(Rule, LosesTheOnesThatItNames) {
  using Numbers = std::vector<std::uint64_t>;
  EXPECT_EQ(lost_of_ten(R"("first": 1)"), Numbers{1});
  EXPECT_EQ(lost_of_ten(R"("first": 3)"), (Numbers{1, 2, 3}));
  EXPECT_EQ(lost_of_ten(R"("nth": 2)"), Numbers{2});
  EXPECT_EQ(lost_of_ten(R"("every": 4)"), (Numbers{4, 8}));
  EXPECT_EQ(lost_of_ten(R"("every": 1)").size(), 10U);
  EXPECT_EQ(lost_of_ten(R"("nth": 1000000000)"), Numbers{});
}

TEST(Rule, AnswersWrongOnesWithASentence) {
  const std::pair<const char*, const char*> table[] = {
      {R"(5)", "forward.lose: 5 is not a list of 1 to 64 rules"},
      {R"([])", "forward.lose: [] is not a list of 1 to 64 rules"},
      {R"([5])", "forward.lose[0]: not an object"},
      {R"([{"protocol": "udp", "first": 1}, {"flag": "SYN"}])",
       R"(forward.lose[1]: "flag" is no key here; possible are)"},
      {R"([{"protocol": "sctp", "first": 1}])", R"(protocol: "sctp" is not one of "tcp", "udp", "icmp", "arp")"},
      {R"([{"flags": "syn", "first": 1}])", R"(flags: "syn" is not one of "SYN", "SYN/ACK", "ACK", "FIN", "RST")"},
      {R"([{"data": 1, "first": 1}])", "data: 1 is not true or false"},
      {R"([{"port": 65536, "first": 1}])", "port: 65536 is not a whole number from 0 to 65535"},
      {R"([{"payload": "", "first": 1}])", R"(payload: "" is not 1 to 256 bytes, each as two hexadecimal digits)"},
      {R"([{"payload": "123", "first": 1}])", R"(payload: "123" is not 1 to 256)"},
      {R"([{"payload": "+1-1", "first": 1}])", R"(payload: "+1-1" is not 1 to 256)"},
      {R"([{"payload": "0g", "first": 1}])", R"(payload: "0g" is not 1 to 256)"},
      {R"([{"protocol": "udp"}])", R"(first: one of "first", "nth" and "every" tells which)"},
      {R"([{"protocol": "udp", "first": 1, "every": 2}])", R"(first: one of "first", "nth" and "every" tells which)"},
      {R"([{"protocol": "udp", "every": 0}])", "every: 0 is not a whole number from 1 to 1000000000"},
      {R"([{"every": 7}])", "protocol: or another condition is missing"},
      {R"([{"data": false, "every": 7}])", "protocol: or another condition is missing"},
      {R"([{"protocol": "udp", "flags": "SYN", "first": 1}])", R"(protocol: "udp" is not one with segments)"},
      {R"([{"protocol": "icmp", "data": true, "first": 1}])", R"(protocol: "icmp" is not one with segments)"},
      {R"([{"protocol": "arp", "port": 5, "first": 1}])", R"(protocol: "arp" is not one with ports)"},
      {R"([{"protocol": "icmp", "payload": "00", "first": 1}])", R"(protocol: "icmp" is not one with ports)"},
      {R"([{"flags": "ACK", "data": true, "first": 1}])", R"(flags: "ACK" is a segment without payload)"},
  };
  for (const auto& [json, message] : table) {
    const boost::json::object document = {{"lose", boost::json::parse(json)}};
    try {
      parse_rules(Members(document, "forward"));
      ADD_FAILURE() << json << " was accepted";
    } catch (const SettingsError& error) {
      EXPECT_THAT(error.what(), HasSubstr(message)) << json;
    }
  }
  boost::json::array many(kMaxRules + 1, boost::json::object{{"protocol", "udp"}, {"first", 1}});
  EXPECT_THROW(parse_rules(Members({{"lose", many}}, "")), SettingsError);
  many.pop_back();
  EXPECT_EQ(parse_rules(Members({{"lose", many}}, "")).size(), kMaxRules);
}

/// Numbers of the arrivals that a rule took.
std::vector<std::uint64_t> lost_by_rule(const Transcript& seen) {
  std::vector<std::uint64_t> numbers;
  for (const auto& drop : seen.dropped) {
    if (drop.cause == Cause::rule) numbers.push_back(drop.number);
  }
  return numbers;
}

TEST(LinkWithRules, LosesByThemAndCountsThem) {
  VirtualLink link(R"({"both": {"lose": [{"protocol": "udp", "every": 7}, {"from_port": 5000, "nth": 2}]}})");
  const Transcript& seen = link.run(steady(40, 1ms, 100));
  EXPECT_EQ(lost_by_rule(seen), (std::vector<std::uint64_t>{1, 6, 13, 20, 27, 34}));
  EXPECT_EQ(seen.dropped.size(), 6U);
  EXPECT_EQ(link.counters().of(Cause::rule), 6U);
  EXPECT_EQ(conserved(seen), "");
}

TEST(LinkWithRules, CountsInEachRuleWhatAnotherLost) {
  VirtualLink link(R"({"both": {"lose": [{"protocol": "udp", "first": 2}, {"protocol": "udp", "nth": 2},
                                         {"protocol": "udp", "nth": 3}]}})");
  EXPECT_EQ(lost_by_rule(link.run(steady(10, 1ms, 100))), (std::vector<std::uint64_t>{0, 1, 2}));
}

TEST(LinkWithRules, ChanceTakesThePacketsThatItTookWithoutThem) {
  const auto arrivals = steady(3000, 1ms, 100);
  VirtualLink chance(R"({"both": {"loss": "5%"}})");
  VirtualLink both(R"({"both": {"loss": "5%", "lose": [{"protocol": "udp", "every": 3}]}})");
  std::set<std::uint64_t> expected;
  for (const auto& drop : chance.run(arrivals).dropped) {
    if (drop.number % 3 != 2) expected.insert(drop.number);
  }
  std::set<std::uint64_t> found;
  for (const auto& drop : both.run(arrivals).dropped) {
    if (drop.cause == Cause::loss) found.insert(drop.number);
  }
  EXPECT_EQ(found, expected);
  EXPECT_EQ(both.counters().of(Cause::rule), 1000U);
}

TEST(LinkWithRules, EachDirectionCountsForItself) {
  Link link(configuration_from(R"({"both": {"lose": [{"protocol": "udp", "first": 1}]}})"), 0ns, {});
  const Frame frame = numbered(1, 100);
  for (const Side side : {Side::forward, Side::backward, Side::forward}) {
    link.arrive(side, frame, frame.size(), 0ns);
  }
  for (const Side side : kSides) EXPECT_EQ(link.direction(side).counters().of(Cause::rule), 1U);
}

TEST(LinkWithRules, CountingBeginsWhenTheyAreSet) {
  const std::string second = R"("lose": [{"protocol": "udp", "nth": 2}])";
  VirtualLink link("{\"both\": {" + second + "}}");
  const auto set = [&](const std::string& json, nanoseconds at) { link.link().set(parse_object(json, ""), at); };
  link.arrive({0ns, 100});
  set(R"({"delay": "1ms"})", 1ms);  // something else: they go on counting
  link.arrive({1ms, 100});          // lost
  link.arrive({2ms, 100});
  set("{" + second + "}", 3ms);  // the same again: anew
  link.arrive({3ms, 100});
  link.arrive({4ms, 100});  // lost
  set(R"({"direction": "backward", "lose": [{"protocol": "tcp", "first": 1}]})", 5ms);
  set(R"({"direction": "forward", "lose": [{"protocol": "udp", "first": 1}]})", 5ms);
  link.arrive({5ms, 100});  // lost
  set(R"({"lose": null})", 6ms);
  link.arrive({6ms, 100});
  EXPECT_EQ(lost_by_rule(link.transcript()), (std::vector<std::uint64_t>{1, 4, 5}));
}

TEST(LinkWithRules, CountWhatComesToALinkThatIsDown) {
  VirtualLink link(R"({"both": {"lose": [{"protocol": "udp", "nth": 2}]},
                       "schedule": [{"at": 0, "until": 0.002, "down": true}]})");
  const Transcript& seen = link.run(steady(4, 1ms, 100));
  EXPECT_EQ(link.counters().of(Cause::down), 2U);
  EXPECT_EQ(lost_by_rule(seen), std::vector<std::uint64_t>{});
}

TEST(LinkWithRules, TheScheduleSetsThemAndTakesThemOff) {
  VirtualLink link(R"({"both": {"lose": [{"protocol": "udp", "first": 1}]}, "schedule": [
    {"at": 0.0035, "until": 0.0065, "lose": [{"protocol": "udp", "every": 2}]},
    {"at": 0.0085, "lose": [{"protocol": "udp", "first": 1}]}]})");
  EXPECT_EQ(lost_by_rule(link.run(steady(11, 1ms, 100))), (std::vector<std::uint64_t>{0, 5, 7, 9}));
}

}  // namespace
}  // namespace wireproof::wire
