#pragma once
// What a load balancer's file says: its nodes, and how requests are spread over them. Pure.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ini/ini.hpp"
#include "loop/time.hpp"

namespace wireproof::http_balancer {

enum class Policy : std::uint8_t {
  round_robin,        ///< in turn, by weight
  least_connections,  ///< whoever has the fewest requests under way for its weight
};

/// Whether a client comes back to the node that it was at.
enum class Sticky : std::uint8_t { off, cookie };

/// What is done with Forwarded and X-Forwarded-* that a request has already.
enum class ForwardedFields : std::uint8_t { replace, append };

/// A section [nodoN] or [nodeN].
struct NodeSettings {
  std::string name;                    ///< of the section
  std::string host;                    ///< in lower case; an IPv6 address without brackets
  std::uint16_t port = 0;              ///< from 1 on
  unsigned weight = 1;                 ///< 0: no new clients, those that are bound to it finish
  std::size_t max_connections = 1000;  ///< requests at once

  friend bool operator==(const NodeSettings&, const NodeSettings&) = default;
};

/// "127.0.0.1:8001", "[::1]:8001": what a node is known by, whatever its section is called.
std::string authority_of(const NodeSettings& node);

/// The keys of [balancer] have the names of these.
struct Configuration {
  Policy policy = Policy::round_robin;
  std::string check_path{};  ///< empty: "/", of which any status below 500 is good; else 2xx and 3xx are
  Time check_interval = std::chrono::seconds(1);  ///< 0: nodes are not checked
  Time check_timeout = std::chrono::seconds(1);   ///< for all of a check
  unsigned rise = 2;                              ///< checks in a row that bring a node back
  unsigned fall = 3;                              ///< checks in a row that a node is out after
  unsigned eject = 3;                             ///< requests in a row that a node did not answer, and is out after
  Time eject_time = std::chrono::seconds(10);     ///< how long then, where nodes are not checked
  Time slow_start{0};                             ///< from a node's return until it has its whole weight
  Sticky sticky = Sticky::off;
  Time connect_timeout = std::chrono::seconds(2);
  Time answer_timeout = std::chrono::seconds(30);  ///< until an answer begins, and for nothing of it
  unsigned retries = 3;                            ///< further nodes that get a request after one that was sent it
  std::size_t queue = 1000;                        ///< requests that wait for a node, all of which are at their limits
  Time queue_timeout = std::chrono::seconds(5);
  ForwardedFields forwarded = ForwardedFields::replace;
  std::string status_path{};  ///< empty: there is no page of the balancer's own

  std::vector<NodeSettings> nodes;  ///< at least one, of which one has a weight
};

/// Most nodes of a file.
inline constexpr std::size_t kMostNodes = 256;

/// Throws ini::IniError: sections and keys that nobody knows, values out of their range, a node twice, none.
Configuration parse_configuration(std::string_view text);

}  // namespace wireproof::http_balancer
