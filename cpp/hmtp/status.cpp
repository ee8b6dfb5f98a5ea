#include "hmtp/status.hpp"

#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>

#include <vector>

#include "base/json_object.hpp"
#include "command_line/program.hpp"

namespace wireproof::hmtp {
namespace {

namespace json = boost::json;

void add_endpoint(JsonObject& object, std::string_view name, const Endpoint& endpoint) {
  endpoint.is_set() ? object.add(name, name_of(endpoint)) : object.add_null(name);
}

std::string identifier_text(std::uint64_t identifier) {
  std::string text;
  if (identifier != 0) append_identifier(text, identifier);
  return text;
}

JsonObject counters_of(const NodeCounters& counters, const ProgramFacts& facts) {
  JsonObject object;
  object.add("received", counters.received)
      .add("malformed", counters.malformed)
      .add("unknown", counters.unknown)
      .add("unexpected", counters.unexpected)
      .add("delivered", counters.delivered)
      .add("duplicates", counters.duplicates)
      .add("from_strangers", counters.from_strangers)
      .add("copied", counters.copied)
      .add("local", counters.local)
      .add("sent_to_root", counters.sent_to_root)
      .add("dropped", counters.dropped)
      .add("unconfirmed", counters.unconfirmed)
      .add("replayed", counters.replayed)
      .add("attachments", counters.attachments)
      .add("parents_lost", counters.parents_lost)
      .add("walks_failed", counters.walks_failed)
      .add("send_failures", facts.send_failures);
  return object;
}

std::string shown(const json::value& value) {
  if (value.is_null()) return "none";
  return value.is_string() ? printable(std::string_view(value.get_string())) : json::serialize(value);
}

}  // namespace

std::string status_json(const Node& node, Time now, const ProgramFacts& facts) {
  const Node::State state = node.state();
  std::vector<JsonObject> children;
  for (const Child& child : node.children()) {
    JsonObject object;
    object.add("endpoint", name_of(child.endpoint)).add("node", identifier_text(child.node));
    object.add("expires_in", in_seconds(child.expires - now));
    children.push_back(object);
  }
  JsonObject object;
  object.add("state", name_of(state));
  add_endpoint(object, "self", node.options().self);
  add_endpoint(object, "root", state == Node::State::root ? node.options().self : node.known_root());
  add_endpoint(object, "parent", node.parent());
  object.add_array("children", children).add("children_max", std::uint64_t{node.options().children_max});
  add_endpoint(object, "rendezvous_point", node.options().rendezvous);
  object.add("uptime", in_seconds(facts.uptime))
      .add("in_state", in_seconds(now - node.state_since()))
      .add("extensions", node.options().extensions)
      .add("node", identifier_text(node.identifier()))
      .add("seat", identifier_text(node.seat()))
      .add("parent_seat", identifier_text(node.parent_seat()))
      .add("order", fmt::format("{}.{}", node.order().epoch, node.order().depth))
      .add("waiting_messages", std::uint64_t{node.waiting_messages()})
      .add_object("counters", counters_of(node.counters(), facts));
  return object.text() + '\n';
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
    return number.is_number() ? fmt::format("{:.1f} s", number.to_number<double>()) : shown(number);
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
      if (left != nullptr && left->is_number())
        result += fmt::format(" (dropped in {:.0f} s unless it refreshes)", left->to_number<double>());
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
