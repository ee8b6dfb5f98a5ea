#pragma once
// What a proxy does with a request, by its target (RFC 9112, 3.2; RFC 9110, 7.6.2 and 9.3.6). Pure.

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "http/message.hpp"
#include "http_forwarding/destination.hpp"

namespace wireproof::http_proxy {

using http_forwarding::Authority;

struct RouteRules {
  std::optional<Authority> origin{};           ///< of a reverse proxy, which asks nobody else
  std::set<std::uint16_t> connect_ports{443};  ///< that CONNECT may name
};

struct Route {
  enum class Kind : std::uint8_t {
    refuse,   ///< `refusal`
    status,   ///< the proxy's own page, or the same in JSON
    options,  ///< the proxy's own answer to OPTIONS
    trace,    ///< what came is sent back
    tunnel,   ///< CONNECT to `authority`
    forward,  ///< ask `authority` for `target`
  };

  Kind kind = Kind::refuse;
  http::Refusal refusal{};
  Authority authority{};
  std::string target{};
  std::string host{};  ///< the value of Host for the next hop
  bool is_json = false;
};

/// The path under which the proxy tells of itself; with ".json" behind it, for programs.
inline constexpr std::string_view kStatusPath = "/.well-known/http-proxy";

/// `is_near`: the client is on this host. A reverse proxy tells of itself to such ones only: to others each path is the
/// origin's.
Route route_of(const http::RequestHead& request, const RouteRules& rules, bool is_near);

}  // namespace wireproof::http_proxy
