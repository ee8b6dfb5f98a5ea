#pragma once
// How old a response is, how long it is fresh, and who may be served with it (RFC 9111, 4.2 and 5.2.1; RFC 5861). Pure.

#include <cstdint>

#include "http/message.hpp"
#include "http_cache/cache_control.hpp"
#include "http_cache/policy.hpp"
#include "http_cache/stored_response.hpp"

namespace wireproof::http_cache {

struct Lifetime {
  enum class Source : std::uint8_t { none, s_maxage, max_age, expires, heuristic };

  Source source = Source::none;
  Seconds seconds{0};  ///< never negative

  bool is_explicit() const { return source != Source::none && source != Source::heuristic; }

  friend bool operator==(const Lifetime&, const Lifetime&) = default;
};

/// 4.2.1: s-maxage, max-age, Expires (malformed or there twice: it is over), else 4.2.2, where the status, or public,
/// lets it be guessed. `received`: stands for a Date that is missing or malformed.
Lifetime lifetime_of(const http::ResponseHead& head, Seconds received, const Policy& policy);

/// 4.2.3. Of several Age the first counts; one that is no number is ignored. Never negative, at most kMostSeconds; a
/// clock that went back makes nothing younger than it came.
Seconds current_age(const StoredResponse& stored, Seconds now);

/// What a stored response is good for. A lifetime's last second is not fresh: fresh while lifetime > age.
enum class Use : std::uint8_t {
  fresh,             ///< serve it
  allowed_stale,     ///< serve it: the request says max-stale
  while_revalidate,  ///< serve it, and validate it beside that (RFC 5861, 3)
  validate,          ///< not without validation: it is stale, or no-cache
  refused,           ///< not without validation, though it is fresh: the request says no-cache, max-age, min-fresh
};

Use use_of(const StoredResponse& stored, const RequestDirectives& request, Seconds now, const Policy& policy);

/// Whether it may be served, stale as it is, when the origin cannot be reached or answers with 500, 502, 503 or 504
/// (RFC 5861, 4): one side says stale-if-error, or the policy does, and nothing forbids it (RFC 9111, 4.2.4).
bool may_serve_on_error(const StoredResponse& stored, const RequestDirectives& request, Seconds now,
                        const Policy& policy);

/// Lifetime less age: how long it is still fresh; negative: for how long it has been stale.
Seconds time_to_live(const StoredResponse& stored, Seconds now, const Policy& policy);

}  // namespace wireproof::http_cache
