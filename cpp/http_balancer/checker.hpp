#pragma once
// Asks a node whether it is well.

#include <string>

#include "http_balancer/configuration.hpp"
#include "http_forwarding/upstream_pool.hpp"
#include "loop/deadlines.hpp"

namespace wireproof::http_balancer {

/// What a check has found.
struct CheckResult {
  bool has_passed = false;
  std::string why{};  ///< it has not
};

/// GET, on a connection of its own, within Configuration::check_timeout. Never throws.
asio::awaitable<CheckResult> check_node(Loop& loop, Deadlines& deadlines, http_forwarding::Authority node,
                                        const Configuration& rules);

}  // namespace wireproof::http_balancer
