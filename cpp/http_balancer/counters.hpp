#pragma once
// What a balancer counts, and its state, for a person and for programs. Pure.

#include <array>
#include <cstdint>
#include <string>

#include "base/json_object.hpp"
#include "http_balancer/balancer.hpp"
#include "http_serving/connection_server.hpp"

namespace wireproof::http_balancer {

struct Counters {
  http_serving::ConnectionCounters clients{};
  std::uint64_t retried = 0;     ///< nodes that were asked after another had not answered
  std::uint64_t unanswered = 0;  ///< requests that no node answered, and were told so
  std::uint64_t cut_short = 0;   ///< answers that their node broke off
  std::uint64_t queued = 0;      ///< requests that waited for a node
  std::uint64_t overloaded = 0;  ///< requests for which no node came free
  std::uint64_t reloads = 0;
  std::uint64_t bad_reloads = 0;            ///< of a file that was wrong
  std::uint64_t body_bytes = 0;             ///< sent to clients
  std::array<std::uint64_t, 6> statuses{};  ///< by their first digit
};

/// "up", "down", "draining" (weight 0), "removed".
std::string_view state_of(const Node& node);

/// With an object for each node. `now`: how long the balancer runs.
JsonObject json_of(const Counters& counters, const Balancer& balancer, Time now);

/// The same as an HTML document, which reads well on a phone and in a dark room, and asks for itself again after some
/// seconds.
std::string status_page(const Counters& counters, const Balancer& balancer, Time now);

}  // namespace wireproof::http_balancer
