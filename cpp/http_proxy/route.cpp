#include "http_proxy/route.hpp"

#include <fmt/format.h>

#include <utility>

#include "http_forwarding/next_hop.hpp"

namespace wireproof::http_proxy {

using http_forwarding::Destination;

namespace {

Route refused(unsigned status, std::string reason) {
  return {.kind = Route::Kind::refuse, .refusal = {status, std::move(reason)}};
}

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

bool is_status_path(std::string_view path) {
  return path.starts_with(kStatusPath) &&
         (path.size() == kStatusPath.size() || path.substr(kStatusPath.size()) == ".json");
}

Route of_status(const http::RequestHead& request) {
  if (request.method != "GET" && request.method != "HEAD") return refused(405, "this page is there to be read");
  return {.kind = Route::Kind::status, .is_json = path_of(request.target).ends_with(".json")};
}

/// Asked for itself, as a server.
Route of_itself(const http::RequestHead& request) {
  if (request.method == "OPTIONS") return {.kind = Route::Kind::options};
  if (request.target == "/" || is_status_path(path_of(request.target))) return of_status(request);
  return refused(404, "this is a proxy: it has no pages but its own at /, and wants requests that name a whole URL");
}

Route tunnel_to(const http::RequestHead& request, const RouteRules& rules) {
  if (rules.origin) return refused(405, "CONNECT is not for a reverse proxy");
  if (request.fields.has("Content-Length") || request.fields.has("Transfer-Encoding")) {
    return refused(400, "CONNECT has no body");
  }
  auto where = http_forwarding::destination_of(request);
  if (auto* const refusal = std::get_if<http::Refusal>(&where)) return refused(refusal->status, refusal->reason);
  Destination& destination = std::get<Destination>(where);
  if (!rules.connect_ports.contains(destination.authority.port)) {
    return refused(403, fmt::format("CONNECT to port {} is not allowed here", destination.authority.port));
  }
  return {.kind = Route::Kind::tunnel, .authority = std::move(destination.authority)};
}

}  // namespace

Route route_of(const http::RequestHead& request, const RouteRules& rules, bool is_near) {
  if (request.method == "CONNECT") return tunnel_to(request, rules);
  const bool is_absolute = http_forwarding::is_absolute_form(request);
  if (!is_absolute && !rules.origin) return of_itself(request);
  if (http_forwarding::max_forwards(request) == 0U) {
    return {.kind = request.method == "TRACE" ? Route::Kind::trace : Route::Kind::options};
  }
  Route route{.kind = Route::Kind::forward};
  if (is_absolute) {
    auto where = http_forwarding::destination_of(request);
    if (auto* const refusal = std::get_if<http::Refusal>(&where)) return refused(refusal->status, refusal->reason);
    Destination& destination = std::get<Destination>(where);
    route.host = http_forwarding::host_header(destination.authority);
    route.authority = std::move(destination.authority);
    route.target = std::move(destination.target);
  } else {
    route.host = request.fields.value("Host");
    route.target = request.target;
  }
  if (rules.origin) {
    if (is_near && is_status_path(path_of(route.target))) return of_status(request);
    route.authority = *rules.origin;
    if (route.host.empty()) route.host = http_forwarding::host_header(*rules.origin);
  }
  return route;
}

}  // namespace wireproof::http_proxy
