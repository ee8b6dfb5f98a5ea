#pragma once
// Statuses whose answers may be fresh without having said so.

namespace wireproof::http_cache {

/// RFC 9110, 15.1; but 206, which is not stored here.
constexpr bool is_heuristic_status(unsigned status) {
  for (const unsigned one : {200U, 203U, 204U, 300U, 301U, 308U, 404U, 405U, 410U, 414U, 501U}) {
    if (status == one) return true;
  }
  return false;
}

}  // namespace wireproof::http_cache
