#pragma once
// Cache-Control of requests and responses (RFC 9111, 5.2; RFC 5861; RFC 8246), Pragma (5.4), and CDN-Cache-Control
// (RFC 9213). Pure.

#include <optional>
#include <string>
#include <vector>

#include "http/date.hpp"
#include "http/fields.hpp"

namespace wireproof::http_cache {

using http::Seconds;

/// What numbers of seconds beyond it count as (RFC 9111, 1.2.2): 68 years.
inline constexpr Seconds kMostSeconds{std::int64_t{1} << 31};

/// The readers below take names in any case, arguments as tokens and as quoted strings, and ignore what they do not
/// know. Of a directive that is there twice, or malformed, the reading counts that lets less be reused: a max-age that
/// is no number is 0 (RFC 9111, 4.2.1).

struct RequestDirectives {
  bool no_cache = false;
  bool no_store = false;
  bool no_transform = false;
  bool only_if_cached = false;
  std::optional<Seconds> max_age{};
  std::optional<Seconds> min_fresh{};
  std::optional<Seconds> max_stale{};       ///< kMostSeconds where none is said: whatever is stale
  std::optional<Seconds> stale_if_error{};  ///< RFC 5861, 4

  friend bool operator==(const RequestDirectives&, const RequestDirectives&) = default;
};

/// Pragma: no-cache counts where there is no Cache-Control.
RequestDirectives request_directives(const http::Fields& fields);

struct ResponseDirectives {
  bool no_store = false;
  bool must_understand = false;
  bool is_private = false;  ///< all of it; with an argument it is of private_fields
  bool no_cache = false;    ///< all of it; with an argument it is of no_cache_fields
  bool is_public = false;
  bool must_revalidate = false;
  bool proxy_revalidate = false;
  bool no_transform = false;
  bool immutable = false;  ///< RFC 8246: for caches that answer a user's reload; shared ones need nothing of it
  std::optional<Seconds> max_age{};
  std::optional<Seconds> s_maxage{};
  std::optional<Seconds> stale_while_revalidate{};
  std::optional<Seconds> stale_if_error{};
  std::vector<std::string> private_fields{};   ///< not to be stored
  std::vector<std::string> no_cache_fields{};  ///< not to be sent from the store without validation: not stored here
  bool is_targeted = false;  ///< of CDN-Cache-Control: Cache-Control and Expires do not count (RFC 9213, 2.2)

  friend bool operator==(const ResponseDirectives&, const ResponseDirectives&) = default;
};

/// `reads_targeted`: CDN-Cache-Control is for this cache. It is a dictionary of RFC 8941, and ignored when it is none.
ResponseDirectives response_directives(const http::Fields& fields, bool reads_targeted);

}  // namespace wireproof::http_cache
