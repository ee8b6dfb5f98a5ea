#include "hmtp/status.hpp"

#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>

#include "command_line/program.hpp"

namespace wireproof::hmtp {
namespace {

namespace json = boost::json;

double seconds_of(Time time) { return std::chrono::duration<double>(time).count(); }

json::value endpoint_or_null(const Endpoint& endpoint) {
  return endpoint.is_set() ? json::value(name_of(endpoint)) : json::value(nullptr);
}

std::string identifier_text(std::uint64_t identifier) {
  std::string text;
  if (identifier != 0) append_identifier(text, identifier);
  return text;
}

json::object counters_of(const NodeCounters& counters, const ProgramFacts& facts) {
  return {{"received", counters.received},
          {"malformed", counters.malformed},
          {"unknown", counters.unknown},
          {"unexpected", counters.unexpected},
          {"delivered", counters.delivered},
          {"duplicates", counters.duplicates},
          {"from_strangers", counters.from_strangers},
          {"copied", counters.copied},
          {"local", counters.local},
          {"sent_to_root", counters.sent_to_root},
          {"dropped", counters.dropped},
          {"unconfirmed", counters.unconfirmed},
          {"replayed", counters.replayed},
          {"attachments", counters.attachments},
          {"parents_lost", counters.parents_lost},
          {"walks_failed", counters.walks_failed},
          {"send_failures", facts.send_failures}};
}

std::string shown(const json::value& value) {
  if (value.is_null()) return "none";
  return value.is_string() ? printable(std::string_view(value.get_string())) : json::serialize(value);
}

}  // namespace

std::string status_json(const Node& node, Time now, const ProgramFacts& facts) {
  const Node::State state = node.state();
  json::array children;
  for (const Child& child : node.children()) {
    children.push_back({{"endpoint", name_of(child.endpoint)},
                        {"node", identifier_text(child.node)},
                        {"expires_in", seconds_of(child.expires - now)}});
  }
  const bool is_root = state == Node::State::root;
  json::object object{{"state", std::string(name_of(state))},
                      {"self", endpoint_or_null(node.options().self)},
                      {"root", endpoint_or_null(is_root ? node.options().self : node.known_root())},
                      {"parent", endpoint_or_null(node.parent())},
                      {"children", std::move(children)},
                      {"children_max", node.options().children_max},
                      {"rendezvous_point", endpoint_or_null(node.options().rendezvous)},
                      {"uptime", seconds_of(facts.uptime)},
                      {"in_state", seconds_of(now - node.state_since())},
                      {"extensions", node.options().extensions},
                      {"node", identifier_text(node.identifier())},
                      {"seat", identifier_text(node.seat())},
                      {"parent_seat", identifier_text(node.parent_seat())},
                      {"order", fmt::format("{}.{}", node.order().epoch, node.order().depth)},
                      {"waiting_messages", node.waiting_messages()},
                      {"counters", counters_of(node.counters(), facts)}};
  return json::serialize(object) + '\n';
}

std::string status_text(std::string_view text) {
  boost::system::error_code error;
  const json::value value = json::parse({text.data(), text.size()}, error);
  if (error || !value.is_object()) throw Failure("the node's answer is not a JSON object");
  const json::object& object = value.get_object();
  const auto member = [&](std::string_view name) {
    const json::value* const found = object.if_contains({name.data(), name.size()});
    return found == nullptr ? json::value(nullptr) : *found;
  };
  const auto seconds_text = [&](std::string_view name) {
    const json::value number = member(name);
    return number.is_double() ? fmt::format("{:.1f} s", number.get_double()) : shown(number);
  };
  std::string result =
      fmt::format("state     {} (for {})\nself      {}\nroot      {}\nparent    {}\n", shown(member("state")),
                  seconds_text("in_state"), shown(member("self")), shown(member("root")), shown(member("parent")));
  const json::value children = member("children");
  const std::size_t count = children.is_array() ? children.get_array().size() : 0;
  result += fmt::format("children  {} of at most {}\n", count, shown(member("children_max")));
  if (children.is_array()) {
    for (const json::value& child : children.get_array()) {
      if (!child.is_object()) continue;
      const json::value* const endpoint = child.get_object().if_contains("endpoint");
      const json::value* const left = child.get_object().if_contains("expires_in");
      result += fmt::format("          {}", endpoint == nullptr ? "?" : shown(*endpoint));
      if (left != nullptr && left->is_double())
        result += fmt::format(" (dropped in {:.0f} s unless it refreshes)", left->get_double());
      result += '\n';
    }
  }
  result +=
      fmt::format("uptime    {}\nwaiting   {} messages\n", seconds_text("uptime"), shown(member("waiting_messages")));
  const json::value counters = member("counters");
  if (counters.is_object()) {
    for (const auto& [name, number] : counters.get_object()) {
      result += fmt::format("{:<20}{}\n", std::string_view(name), shown(number));
    }
  }
  return result;
}

}  // namespace wireproof::hmtp
