#pragma once
// What a proxy counts.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/json_object.hpp"
#include "http_cache/store.hpp"
#include "http_forwarding/upstream_pool.hpp"
#include "http_serving/connection_server.hpp"

namespace wireproof::http_proxy {

struct Counters {
  std::array<std::uint64_t, 6> statuses{};  ///< of answers, by their first digit
  std::uint64_t body_bytes = 0;             ///< of answers, as the system took them
  std::uint64_t hits = 0;                   ///< answered from the store without waiting for an origin, stale ones too
  std::uint64_t stale = 0;                  ///< of these, no longer fresh; and those served because the origin failed
  std::uint64_t collapsed = 0;              ///< answered by what was fetched for another client
  std::uint64_t revalidated = 0;            ///< answered from the store after the origin said that it is still right
  std::uint64_t fetched = 0;                ///< requests sent to origins that had no body
  std::uint64_t forwarded = 0;              ///< requests with other methods, or with a body, handed on
  std::uint64_t background = 0;             ///< of those fetched, behind an answer that was served stale
  std::uint64_t origin_failed = 0;          ///< no answer, or half of one
  std::uint64_t tunnels = 0;
  std::uint64_t tunnel_up_bytes = 0;
  std::uint64_t tunnel_down_bytes = 0;
};

/// All that is told of.
struct Report {
  const Counters& counters;
  const http_serving::ConnectionCounters& clients;
  const http_forwarding::UpstreamPool::Counters& upstream;
  const http_cache::StoreCounters& store;
  std::size_t open = 0;          ///< connections of clients
  std::size_t idle = 0;          ///< connections to origins that wait
  std::uint64_t store_size = 0;  ///< bytes
  std::uint64_t store_most = 0;
  std::size_t entries = 0;
};

JsonObject json_of(const Report& report);

/// The same as a page for people.
std::string status_page(const Report& report, std::string_view name);

}  // namespace wireproof::http_proxy
