#pragma once
// What the operator of a cache decides, where RFC 9111 leaves it open.

#include "http/date.hpp"

namespace wireproof::http_cache {

struct Policy {
  /// Of the time between Last-Modified and Date, for how many percent a response without a lifetime is fresh
  /// (RFC 9111, 4.2.2), and for how long at most.
  unsigned heuristic_percent = 10;
  http::Seconds heuristic_most{24 * 60 * 60};
  /// CDN-Cache-Control is for this cache (RFC 9213): it stands before the origin's own servers.
  bool reads_targeted = false;
  /// How long a stale response may be served when the origin fails, and neither side said. 0: only where one side did.
  http::Seconds stale_if_error{0};
  /// Set-Cookie with an explicit lifetime is stored (RFC 9111, 7.3: it says nothing about storing). False: never.
  /// With a heuristic lifetime it is never stored: its origin did not think of caches.
  bool stores_cookies = true;
};

}  // namespace wireproof::http_cache
