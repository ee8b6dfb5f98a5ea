#include "http_balancer/counters.hpp"

#include <fmt/format.h>

#include <chrono>
#include <vector>

#include "http/target_path.hpp"
#include "http_balancer/embedded.hpp"
#include "text/utf8.hpp"

namespace wireproof::http_balancer {
namespace {

JsonObject json_of(const Node& node) {
  const NodeCounters& counters = node.counters;
  JsonObject object;
  object.add("name", node.settings.name)
      .add("address", node.address)
      .add("state", state_of(node))
      .add("weight", std::uint64_t{node.settings.weight})
      .add("active", std::uint64_t{node.active})
      .add("max_connections", std::uint64_t{node.settings.max_connections})
      .add("most_at_once", std::uint64_t{counters.most_at_once})
      .add("requests", counters.requests)
      .add("answered", counters.answered)
      .add("unanswered", counters.unanswered)
      .add("checks_failed", counters.checks_failed)
      .add("deaths", counters.deaths);
  return object;
}

std::string_view policy_of(const Configuration& configuration) {
  return configuration.policy == Policy::round_robin ? "round-robin" : "least-connections";
}

std::string duration_text(Time time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time).count();
  return seconds < 60 ? fmt::format("{} s", seconds) : fmt::format("{} h {:02} min", seconds / 3600, seconds / 60 % 60);
}

std::string card(const Node& node) {
  const std::string_view state = state_of(node);
  const NodeCounters& counters = node.counters;
  std::string html =
      fmt::format("<article class=\"{0}\"><h2>{1} <small>{2}</small></h2><p class=\"state\">{0}</p><dl>", state,
                  http::html_escaped(escaped(node.settings.name)), http::html_escaped(node.address));
  const auto row = [&](std::string_view name, const std::string& value) {
    html += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>", name, value);
  };
  row("under way", fmt::format("{} of {}", node.active, node.settings.max_connections));
  row("weight", std::to_string(node.settings.weight));
  row("requests", std::to_string(counters.requests));
  row("not answered", std::to_string(counters.unanswered));
  row("checks failed", std::to_string(counters.checks_failed));
  row("times down", std::to_string(counters.deaths));
  return html + "</dl></article>\n";
}

std::string replaced(std::string_view text, std::string_view mark, std::string_view by) {
  const std::size_t found = text.find(mark);
  return fmt::format("{}{}{}", text.substr(0, found), by, text.substr(found + mark.size()));
}

}  // namespace

std::string_view state_of(const Node& node) {
  if (node.is_removed) return "removed";
  if (!node.health.is_alive()) return "down";
  return node.settings.weight == 0 ? "draining" : "up";
}

JsonObject json_of(const Counters& counters, const Balancer& balancer, Time now) {
  JsonObject statuses;
  for (std::size_t digit = 2; digit < counters.statuses.size(); ++digit) {
    statuses.add(fmt::format("{}xx", digit), counters.statuses[digit]);
  }
  std::vector<JsonObject> nodes;
  for (const Node& node : balancer.nodes()) nodes.push_back(json_of(node));
  JsonObject object;
  object.add_seconds("seconds", now)
      .add("policy", policy_of(balancer.configuration()))
      .add("panic", balancer.is_in_panic())
      .add("waiting", std::uint64_t{balancer.waiting()});
  add_to(object, counters.clients);
  object.add("retried", counters.retried)
      .add("unanswered", counters.unanswered)
      .add("cut_short", counters.cut_short)
      .add("queued", counters.queued)
      .add("overloaded", counters.overloaded)
      .add("reloads", counters.reloads)
      .add("bad_reloads", counters.bad_reloads)
      .add("body_bytes", counters.body_bytes)
      .add_object("statuses", statuses)
      .add_array("nodes", nodes);
  return object;
}

std::string status_page(const Counters& counters, const Balancer& balancer, Time now) {
  std::string nodes;
  for (const Node& node : balancer.nodes()) nodes += card(node);
  std::string summary =
      fmt::format("{} requests in {}, by {}; {} asked of a further node, {} answered by none, {} waiting",
                  counters.clients.requests, duration_text(now), policy_of(balancer.configuration()), counters.retried,
                  counters.unanswered, balancer.waiting());
  if (balancer.is_in_panic()) summary += ". <strong>All nodes are down: all are tried</strong>";
  // What a file may have written last: in it nothing is replaced.
  return replaced(replaced(kStatusPage, "{{summary}}", summary), "{{nodes}}", nodes);
}

}  // namespace wireproof::http_balancer
