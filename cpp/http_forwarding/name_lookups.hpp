#pragma once
// The addresses of next hops: each name is looked up once for all who want it, and no more than some at a time.

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "http_forwarding/upstream_error.hpp"
#include "loop/loop.hpp"
#include "net/address.hpp"

namespace wireproof::http_forwarding {

/// A look-up is a thread (resolve_within()): strangers must not be able to have thousands of them.
class NameLookups {
 public:
  /// At once; more fail.
  static constexpr std::size_t kMost = 64;

  /// `patience`: for a look-up. What was found is used for `kept` without asking again: servers of names tell no time
  /// to live through the system's resolver.
  NameLookups(Loop& loop, Time patience, Time kept = std::chrono::seconds(5))
      : loop_(loop), patience_(patience), kept_(kept) {}

  /// Of a name or a numeric address; one at least. Throws UpstreamError: unresolved, connect_timed_out, unreachable.
  asio::awaitable<std::vector<Address>> find(std::string host, std::uint16_t port);

 private:
  struct Lookup;

  asio::awaitable<void> look_up(const std::string& host, std::uint16_t port, Lookup& lookup);
  void forget_old();

  Loop& loop_;
  Time patience_;
  Time kept_;
  std::size_t running_ = 0;
  std::map<std::string, std::shared_ptr<Lookup>> lookups_;
};

}  // namespace wireproof::http_forwarding
