#include "wire/rule_json.hpp"

#include <fmt/format.h>
#include <boost/json/value.hpp>

#include <charconv>
#include <utility>

#include "wire/settings_json.hpp"

namespace wireproof::wire {
namespace {

constexpr std::uint64_t kMostMatches = 1'000'000'000;

constexpr std::pair<std::string_view, RuleProtocol> kProtocols[] = {
    {"tcp", RuleProtocol::tcp}, {"udp", RuleProtocol::udp}, {"icmp", RuleProtocol::icmp}, {"arp", RuleProtocol::arp}};
constexpr std::pair<std::string_view, RuleFlags> kFlags[] = {{"SYN", RuleFlags::syn},
                                                             {"SYN/ACK", RuleFlags::syn_ack},
                                                             {"ACK", RuleFlags::ack},
                                                             {"FIN", RuleFlags::fin},
                                                             {"RST", RuleFlags::rst}};

template <typename Value, std::size_t count>
std::optional<Value> one_of(const Members& members, std::string_view key,
                            const std::pair<std::string_view, Value> (&table)[count]) {
  const auto text = members.text(key);
  if (!text) return std::nullopt;
  std::string possible;
  for (const auto& [name, value] : table) {
    if (name == *text) return value;
    possible += fmt::format("{}\"{}\"", possible.empty() ? "" : ", ", name);
  }
  members.refuse(key, "one of " + possible);
}

std::optional<std::uint16_t> parse_port(const Members& members, std::string_view key) {
  const auto port = members.whole_number(key, 0, 65535);
  return port ? std::optional(static_cast<std::uint16_t>(*port)) : std::nullopt;
}

std::vector<std::uint8_t> parse_payload(const Members& members) {
  const auto text = members.text("payload");
  if (!text) return {};
  std::vector<std::uint8_t> bytes;
  for (std::size_t at = 0; at + 2 <= text->size(); at += 2) {
    const char* const end = text->data() + at + 2;
    std::uint8_t byte = 0;
    const auto [rest, error] = std::from_chars(text->data() + at, end, byte, 16);
    if (error != std::errc() || rest != end) break;
    bytes.push_back(byte);
  }
  if (bytes.empty() || bytes.size() * 2 != text->size() || bytes.size() > kMaxRulePayload) {
    members.refuse("payload", fmt::format("1 to {} bytes, each as two hexadecimal digits", kMaxRulePayload));
  }
  return bytes;
}

void parse_which(const Members& members, Rule& rule) {
  const auto first = members.whole_number("first", 1, kMostMatches);
  const auto nth = members.whole_number("nth", 1, kMostMatches);
  const auto every = members.whole_number("every", 1, kMostMatches);
  if (first.has_value() + nth.has_value() + every.has_value() != 1) {
    members.fail("first", "one of \"first\", \"nth\" and \"every\" tells which of those that match are lost");
  }
  if (first) rule.last = *first;
  if (nth) rule.first = rule.last = *nth;
  if (every) rule.first = rule.step = *every;
}

/// A rule that no frame can match is a mistake.
void check_possible(const Members& members, const Rule& rule) {
  const bool segment = rule.flags || rule.data;
  const bool ports = rule.port || rule.from_port || rule.to_port;
  if (!rule.protocol && !segment && !ports && rule.payload.empty()) {
    members.fail("protocol", "or another condition is missing: what the rule is about");
  }
  if (segment && rule.protocol.value_or(RuleProtocol::tcp) != RuleProtocol::tcp) {
    members.refuse("protocol", "one with segments: \"flags\" and \"data\" are of \"tcp\"");
  }
  const bool has_ports = !rule.protocol || rule.protocol == RuleProtocol::tcp || rule.protocol == RuleProtocol::udp;
  if ((ports || !rule.payload.empty()) && !has_ports) {
    members.refuse("protocol", "one with ports and payload, which are of \"tcp\" and \"udp\"");
  }
  if (rule.flags == RuleFlags::ack && (rule.data || !rule.payload.empty())) {
    members.fail("flags", "\"ACK\" is a segment without payload");
  }
}

Rule parse_rule(const Members& members) {
  members.allow_only({"protocol", "flags", "data", "port", "from_port", "to_port", "payload", "first", "nth", "every"});
  Rule rule;
  rule.protocol = one_of(members, "protocol", kProtocols);
  rule.flags = one_of(members, "flags", kFlags);
  rule.data = members.flag("data").value_or(false);
  rule.port = parse_port(members, "port");
  rule.from_port = parse_port(members, "from_port");
  rule.to_port = parse_port(members, "to_port");
  rule.payload = parse_payload(members);
  parse_which(members, rule);
  check_possible(members, rule);
  return rule;
}

}  // namespace

std::vector<Rule> parse_rules(const Members& members) {
  const auto* const value = members.find("lose");
  if (value == nullptr) return {};
  if (!value->is_array() || value->get_array().empty() || value->get_array().size() > kMaxRules) {
    members.refuse("lose", fmt::format("a list of 1 to {} rules", kMaxRules));
  }
  std::vector<Rule> rules;
  for (const auto& entry : value->get_array()) {
    const std::string place = fmt::format("{}[{}]", members.name_of("lose"), rules.size());
    if (!entry.is_object()) throw SettingsError(place + ": not an object");
    rules.push_back(parse_rule(Members(entry.get_object(), place)));
  }
  return rules;
}

}  // namespace wireproof::wire
