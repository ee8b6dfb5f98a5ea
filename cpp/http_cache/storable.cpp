#include "http_cache/storable.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "http_cache/cache_control.hpp"
#include "http_cache/freshness.hpp"
#include "http_cache/heuristic.hpp"
#include "http_cache/variants.hpp"

namespace wireproof::http_cache {
namespace {

using http::Fields;

/// Those of RFC 9110, 15; but 206 and 304, which are never stored as they are.
constexpr std::array<unsigned, 43> kUnderstood{
    200, 201, 202, 203, 204, 205, 300, 301, 302, 303, 305, 307, 308, 400, 401, 402, 403, 404, 405, 406, 407, 408,
    409, 410, 411, 412, 413, 414, 415, 416, 417, 421, 422, 426, 451, 500, 501, 502, 503, 504, 505, 507, 508};

/// What RFC 6585 forbids to store (3, 4, 5, 6), and what answers a condition, a range, an expectation or the
/// credentials of one request, none of which is in a key.
constexpr std::array<unsigned, 8> kNeverStored{407, 412, 416, 417, 428, 429, 431, 511};

/// Of the connection, or of this proxy (RFC 9111, 3.1; RFC 9110, 7.6.1).
constexpr std::array<std::string_view, 12> kNotStored{"Connection",
                                                      "Keep-Alive",
                                                      "Proxy-Connection",
                                                      "Proxy-Authenticate",
                                                      "Proxy-Authentication-Info",
                                                      "Proxy-Authorization",
                                                      "TE",
                                                      "Transfer-Encoding",
                                                      "Upgrade",
                                                      "Trailer",
                                                      "Content-Length",
                                                      "HTTP2-Settings"};

/// What this cache decides by, which no option of Connection may take away (RFC 9110, 7.6.1: never appropriate).
constexpr std::array<std::string_view, 6> kNeeded{
    "Cache-Control", "CDN-Cache-Control", "Vary", "Expires", "Date", "Age"};

template <typename List>
bool has_status(const List& list, unsigned status) {
  return std::find(list.begin(), list.end(), status) != list.end();
}

bool is_needed(std::string_view name) {
  return std::any_of(kNeeded.begin(), kNeeded.end(), [&](std::string_view one) { return http::same_word(one, name); });
}

/// Later requests can be answered with it, at once or after asking the origin whether it is still right.
bool is_useful(const ResponseDirectives& directives, const Lifetime& lifetime, const Fields& fields) {
  return (lifetime.seconds > Seconds(0) && !directives.no_cache) || fields.has("ETag") || fields.has("Last-Modified") ||
         directives.stale_while_revalidate.value_or(Seconds(0)) > Seconds(0) ||
         directives.stale_if_error.value_or(Seconds(0)) > Seconds(0);
}

}  // namespace

bool understands_status(unsigned status) { return has_status(kUnderstood, status); }

Storability storability(const http::RequestHead& request, const http::ResponseHead& response, Seconds received,
                        const Policy& policy) {
  if (request.method != "GET") return {false, "method"};
  if (request.fields.has("Transfer-Encoding") ||
      request.fields.value("Content-Length").find_first_not_of('0') != std::string_view::npos) {
    return {false, "request-body"};
  }
  if (response.status == 206) return {false, "partial"};
  if (response.status < 200 || response.status == 304 || has_status(kNeverStored, response.status)) {
    return {false, "status"};
  }
  if (request_directives(request.fields).no_store) return {false, "request-no-store"};
  const ResponseDirectives directives = response_directives(response.fields, policy.reads_targeted);
  const bool is_understood = understands_status(response.status);
  if (directives.must_understand && !is_understood) return {false, "must-understand"};
  if (directives.no_store && !directives.must_understand) return {false, "no-store"};
  if (directives.is_private) return {false, "private"};
  if (request.fields.has("Authorization") && !directives.is_public && !directives.s_maxage &&
      !directives.must_revalidate) {
    return {false, "authorization"};
  }
  if (varies_by_everything(response.fields)) return {false, "vary"};
  const Lifetime lifetime = lifetime_of(response, received, policy);
  if (!lifetime.is_explicit() && !directives.is_public && !is_heuristic_status(response.status)) {
    return {false, "no-lifetime"};
  }
  if (response.fields.has("Set-Cookie") && (!policy.stores_cookies || !lifetime.is_explicit())) {
    return {false, "set-cookie"};
  }
  if (!is_useful(directives, lifetime, response.fields)) return {false, "no-lifetime"};
  return {true};
}

http::ResponseHead storable_head(const http::ResponseHead& response, Seconds received, const Policy& policy) {
  const ResponseDirectives directives = response_directives(response.fields, policy.reads_targeted);
  std::vector<std::string> names(kNotStored.begin(), kNotStored.end());
  const auto take = [&](std::string_view name) {
    if (!is_needed(name)) names.emplace_back(name);
  };
  const std::string options = response.fields.joined("Connection").value_or("");
  for (std::string_view list = options; const auto option = http::take_member(list);) take(*option);
  for (const std::string& name : directives.private_fields) take(name);
  for (const std::string& name : directives.no_cache_fields) take(name);
  http::ResponseHead head{http::Version::http11, response.status, response.reason};
  for (const http::Field& field : response.fields) {
    const auto is_it = [&](const std::string& name) { return http::same_word(name, field.name); };
    if (std::none_of(names.begin(), names.end(), is_it)) head.fields.add(field.name, field.value);
  }
  if (!head.fields.has("Date")) head.fields.add("Date", http::http_date(received));
  return head;
}

}  // namespace wireproof::http_cache
