#include "http_proxy/counters.hpp"

#include <fmt/format.h>

#include <iterator>
#include <utility>

#include "http/target_path.hpp"
#include "http_serving/page.hpp"
#include "text/utf8.hpp"

namespace wireproof::http_proxy {

JsonObject json_of(const Report& report) {
  const Counters& counters = report.counters;
  JsonObject statuses;
  for (std::size_t digit = 2; digit < counters.statuses.size(); ++digit) {
    statuses.add(fmt::format("{}xx", digit), counters.statuses[digit]);
  }
  JsonObject cache;
  cache.add("hits", counters.hits)
      .add("stale", counters.stale)
      .add("collapsed", counters.collapsed)
      .add("revalidated", counters.revalidated)
      .add("entries", static_cast<std::uint64_t>(report.entries))
      .add("bytes", report.store_size)
      .add("most_bytes", report.store_most)
      .add("stored", report.store.stored)
      .add("updated", report.store.updated)
      .add("evicted", report.store.evicted)
      .add("removed", report.store.removed)
      .add("damaged", report.store.damaged)
      .add("unfinished", report.store.unfinished)
      .add("cut_short", report.store.cut_short)
      .add("no_room", report.store.no_room)
      .add("failed", report.store.failed);
  if (!report.store.last_failure.empty()) cache.add("last_failure", report.store.last_failure);
  JsonObject origins;
  origins.add("fetched", counters.fetched)
      .add("forwarded", counters.forwarded)
      .add("background", counters.background)
      .add("failed", counters.origin_failed)
      .add("connected", report.upstream.connected)
      .add("reused", report.upstream.reused)
      .add("not_connected", report.upstream.failed)
      .add("idle", static_cast<std::uint64_t>(report.idle));
  JsonObject tunnels;
  tunnels.add("count", counters.tunnels)
      .add("up_bytes", counters.tunnel_up_bytes)
      .add("down_bytes", counters.tunnel_down_bytes);
  JsonObject object;
  http_serving::add_to(object, report.clients);
  object.add("open", static_cast<std::uint64_t>(report.open))
      .add("body_bytes", counters.body_bytes)
      .add_object("statuses", statuses)
      .add_object("cache", cache)
      .add_object("origins", origins)
      .add_object("tunnels", tunnels);
  return object;
}

std::string status_page(const Report& report, std::string_view name) {
  const Counters& counters = report.counters;
  const std::vector<std::pair<std::string_view, std::string>> rows{
      {"Connections of clients", fmt::format("{} open, {} since the start", report.open, report.clients.connections)},
      {"Requests", fmt::format("{}; {} refused, {} clients too slow", report.clients.requests, report.clients.refused,
                               report.clients.timed_out)},
      {"Answered from the store", fmt::format("{}, {} of them stale; {} after the origin said that it is still right",
                                              counters.hits, counters.stale, counters.revalidated)},
      {"Answered by what was fetched for another", fmt::format("{}", counters.collapsed)},
      {"Asked of origins", fmt::format("{}, {} of them behind an answer; {} handed on with other methods or a body",
                                       counters.fetched, counters.background, counters.forwarded)},
      {"Origins that failed", fmt::format("{}", counters.origin_failed)},
      {"Connections to origins", fmt::format("{} made, {} used again, {} idle now", report.upstream.connected,
                                             report.upstream.reused, report.idle)},
      {"Tunnels",
       fmt::format("{}; {} bytes up, {} down", counters.tunnels, counters.tunnel_up_bytes, counters.tunnel_down_bytes)},
      {"Store", fmt::format("{} answers, {} of {} bytes", report.entries, report.store_size, report.store_most)},
      {"Evicted, damaged, without room, failed",
       fmt::format("{}, {}, {}, {}", report.store.evicted, report.store.damaged, report.store.no_room,
                   report.store.failed)},
      {"Last failure of the store", report.store.last_failure.empty() ? "none" : escaped(report.store.last_failure)},
  };
  std::string body = "<table>\n";
  for (const auto& [what, value] : rows) {
    fmt::format_to(std::back_inserter(body), "<tr><th>{}</th><td>{}</td></tr>\n", what, http::html_escaped(value));
  }
  body += "</table>";
  return http_serving::page(fmt::format("http-proxy {}", name), body);
}

}  // namespace wireproof::http_proxy
