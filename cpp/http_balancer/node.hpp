#pragma once
// A node as the balancer knows it.

#include <cstddef>
#include <cstdint>
#include <string>

#include "http_balancer/configuration.hpp"
#include "http_balancer/health.hpp"

namespace wireproof::http_balancer {

/// Never given twice in a process.
using NodeId = std::uint64_t;

struct NodeCounters {
  std::uint64_t requests = 0;  ///< that it was given, those of retries too
  std::uint64_t answered = 0;
  std::uint64_t unanswered = 0;  ///< by its fault
  std::uint64_t checks_failed = 0;
  std::uint64_t deaths = 0;
  std::size_t most_at_once = 0;
};

struct Node {
  NodeId id = 0;
  NodeSettings settings;
  std::string address;  ///< authority_of() its settings
  std::string token;    ///< in cookies
  Health health{};
  std::size_t active = 0;   ///< requests under way
  std::int64_t turn = 0;    ///< smooth weighted round robin: whose is greatest is next
  bool is_removed = false;  ///< the file has it no more; it goes when its requests have ended
  bool is_checked = false;  ///< a check is under way
  Time next_check{0};
  NodeCounters counters{};

  bool is_full() const { return active >= settings.max_connections; }
  bool takes_new() const { return !is_removed && settings.weight > 0; }
};

}  // namespace wireproof::http_balancer
