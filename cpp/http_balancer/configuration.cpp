#include "http_balancer/configuration.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <optional>

#include "net/address.hpp"
#include "text/utf8.hpp"

namespace wireproof::http_balancer {
namespace {

using ini::IniError;
using ini::Key;
using ini::Section;

template <typename Settings>
struct KnownKey {
  std::string_view name;
  std::function<void(Settings&, const Key&)> set;
};

template <typename... Arguments>
[[noreturn]] void error(const Key& key, fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  throw IniError(key.line, fmt::format("{} = {}: {}", key.name, printable(key.value, 60),
                                       fmt::format(format, std::forward<Arguments>(arguments)...)));
}

template <typename Number>
Number whole_number(const Key& key, Number least, Number most) {
  Number number{};
  const char* const end = key.value.data() + key.value.size();
  const auto [last, failure] = std::from_chars(key.value.data(), end, number);
  if (failure != std::errc() || last != end || number < least || number > most) {
    error(key, "a whole number from {} to {} is wanted", least, most);
  }
  return number;
}

Time seconds(const Key& key, double least, double most) {
  double number = 0;
  const char* const end = key.value.data() + key.value.size();
  const auto [last, failure] = std::from_chars(key.value.data(), end, number, std::chars_format::fixed);
  // Not "number < least": what is not a number is no less than anything.
  if (failure != std::errc() || last != end || !(number >= least && number <= most)) {
    error(key, "seconds from {} to {} are wanted", least, most);
  }
  return time_of(number);
}

template <typename Value>
Value one_of(const Key& key, std::initializer_list<std::pair<std::string_view, Value>> values) {
  std::vector<std::string_view> names;
  for (const auto& [name, value] : values) {
    if (key.value == name) return value;
    names.push_back(name);
  }
  error(key, "one of {} is wanted", fmt::join(names, ", "));
}

/// It is asked for, and may have a query.
std::string path(const Key& key) {
  const bool is_visible = std::all_of(key.value.begin(), key.value.end(),
                                      [](unsigned char byte) { return byte > 0x20 && byte < 0x7F && byte != '#'; });
  if (!key.value.starts_with('/') || !is_visible) error(key, "a path is wanted, as /a is");
  return key.value;
}

std::string host(const Key& key) {
  std::string text = key.value;
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char byte) { return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte; });
  if (const auto address = parse_address(text)) {
    if (!address->is_unicast()) error(key, "no host can be reached there");
    return text;
  }
  const bool is_name = !text.empty() && text.size() <= 253 && text.front() != '.' && text.front() != '-' &&
                       text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-._") == std::string::npos &&
                       text.find_first_not_of("0123456789.") != std::string::npos;
  if (!is_name) error(key, "a host's name or address is wanted");
  return text;
}

using NodeKey = KnownKey<NodeSettings>;
const std::vector<NodeKey>& node_keys() {
  static const std::vector<NodeKey> keys{
      {"host", [](NodeSettings& node, const Key& key) { node.host = host(key); }},
      {"port", [](NodeSettings& node, const Key& key) { node.port = whole_number<std::uint16_t>(key, 1, 65535); }},
      {"weight", [](NodeSettings& node, const Key& key) { node.weight = whole_number(key, 0U, 1000U); }},
      {"max_connections",
       [](NodeSettings& node, const Key& key) { node.max_connections = whole_number<std::size_t>(key, 1, 100'000); }},
  };
  return keys;
}

using BalancerKey = KnownKey<Configuration>;
const std::vector<BalancerKey>& balancer_keys() {
  using C = Configuration;
  static const std::vector<BalancerKey> keys{
      {"policy",
       [](C& all, const Key& key) {
         all.policy = one_of<Policy>(
             key, {{"round-robin", Policy::round_robin}, {"least-connections", Policy::least_connections}});
       }},
      {"check_path", [](C& all, const Key& key) { all.check_path = path(key); }},
      {"check_interval",
       [](C& all, const Key& key) {
         all.check_interval = seconds(key, 0, 86400);
         if (all.check_interval > Time{0} && all.check_interval < std::chrono::milliseconds(50)) {
           error(key, "0 or seconds from 0.05 on are wanted");
         }
       }},
      {"check_timeout", [](C& all, const Key& key) { all.check_timeout = seconds(key, 0.05, 3600); }},
      {"rise", [](C& all, const Key& key) { all.rise = whole_number(key, 1U, 1000U); }},
      {"fall", [](C& all, const Key& key) { all.fall = whole_number(key, 1U, 1000U); }},
      {"eject", [](C& all, const Key& key) { all.eject = whole_number(key, 1U, 1000U); }},
      {"eject_time", [](C& all, const Key& key) { all.eject_time = seconds(key, 0.05, 86400); }},
      {"slow_start", [](C& all, const Key& key) { all.slow_start = seconds(key, 0, 86400); }},
      {"sticky",
       [](C& all, const Key& key) {
         all.sticky = one_of<Sticky>(key, {{"off", Sticky::off}, {"cookie", Sticky::cookie}});
       }},
      {"connect_timeout", [](C& all, const Key& key) { all.connect_timeout = seconds(key, 0.05, 3600); }},
      {"answer_timeout", [](C& all, const Key& key) { all.answer_timeout = seconds(key, 0.05, 86400); }},
      {"retries", [](C& all, const Key& key) { all.retries = whole_number(key, 0U, 100U); }},
      {"queue", [](C& all, const Key& key) { all.queue = whole_number<std::size_t>(key, 0, 100'000); }},
      {"queue_timeout", [](C& all, const Key& key) { all.queue_timeout = seconds(key, 0.05, 3600); }},
      {"forwarded",
       [](C& all, const Key& key) {
         all.forwarded =
             one_of<ForwardedFields>(key, {{"replace", ForwardedFields::replace}, {"append", ForwardedFields::append}});
       }},
      {"status_path", [](C& all, const Key& key) { all.status_path = path(key); }},
  };
  return keys;
}

template <typename Settings>
void read_keys(Settings& settings, const Section& section, const std::vector<KnownKey<Settings>>& known) {
  for (const Key& key : section.keys) {
    const auto found = std::find_if(known.begin(), known.end(), [&](const auto& one) { return one.name == key.name; });
    if (found == known.end()) {
      std::vector<std::string_view> names;
      for (const auto& one : known) names.push_back(one.name);
      throw IniError(key.line, fmt::format("key '{}' is not known in [{}]; known are {}", printable(key.name, 60),
                                           printable(section.name, 60), fmt::join(names, ", ")));
    }
    found->set(settings, key);
  }
}

bool is_node(const Section& section) {
  std::string start = section.name.substr(0, 4);
  std::transform(start.begin(), start.end(), start.begin(), [](char byte) { return static_cast<char>(byte | 0x20); });
  return start == "nodo" || start == "node";
}

NodeSettings node_of(const Section& section) {
  NodeSettings node{.name = section.name, .host = {}};
  read_keys(node, section, node_keys());
  for (const char* needed : {"host", "port"}) {
    if (section.find(needed) == nullptr) {
      throw IniError(section.line, fmt::format("[{}] has no {}", printable(section.name, 60), needed));
    }
  }
  return node;
}

/// Nodes that were read, and where.
class Nodes {
 public:
  void add(const Section& section) {
    NodeSettings node = node_of(section);
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      if (nodes_[i].host != node.host || nodes_[i].port != node.port) continue;
      throw IniError(section.line, fmt::format("node {} is there twice, first as [{}] on line {}", authority_of(node),
                                               printable(nodes_[i].name, 60), lines_[i]));
    }
    if (nodes_.size() >= kMostNodes) throw IniError(section.line, fmt::format("more than {} nodes", kMostNodes));
    nodes_.push_back(std::move(node));
    lines_.push_back(section.line);
  }
  std::vector<NodeSettings> take() {
    if (nodes_.empty()) throw IniError(0, "there is no node: a section [node1] with host and port is wanted");
    const bool has_weight = std::any_of(nodes_.begin(), nodes_.end(), [](const auto& node) { return node.weight > 0; });
    if (!has_weight) throw IniError(lines_.front(), "every node has the weight 0: none would be asked");
    return std::move(nodes_);
  }

 private:
  std::vector<NodeSettings> nodes_;
  std::vector<std::size_t> lines_;
};

}  // namespace

std::string authority_of(const NodeSettings& node) {
  const bool is_v6 = node.host.find(':') != std::string::npos;
  return is_v6 ? fmt::format("[{}]:{}", node.host, node.port) : fmt::format("{}:{}", node.host, node.port);
}

Configuration parse_configuration(std::string_view text) {
  Configuration configuration;
  Nodes nodes;
  for (const Section& section : ini::parse(text)) {
    if (section.name == "balancer") {
      read_keys(configuration, section, balancer_keys());
    } else if (is_node(section)) {
      nodes.add(section);
    } else {
      throw IniError(section.line, fmt::format("section [{}] is not known; known are [balancer] and [node…]",
                                               printable(section.name, 60)));
    }
  }
  configuration.nodes = nodes.take();
  return configuration;
}

}  // namespace wireproof::http_balancer
