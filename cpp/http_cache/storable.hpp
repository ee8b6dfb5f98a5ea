#pragma once
// May a shared cache store this exchange (RFC 9111, 3)? Pure.

#include <string_view>

#include "http/message.hpp"
#include "http_cache/policy.hpp"
#include "http_cache/stored_response.hpp"

namespace wireproof::http_cache {

/// Whether it may, and if not, why: words for people and for `detail` of Cache-Status, "private".
struct Storability {
  bool may = false;
  std::string_view reason{};  ///< static text; empty when it may
};

/// Only complete answers to GET: those to HEAD freshen what is stored, and parts (206) are not stored.
Storability storability(const http::RequestHead& request, const http::ResponseHead& response, Seconds received,
                        const Policy& policy);

/// Statuses whose meaning for caches is known here: what must-understand asks for (5.2.2.3). 206 and 304 are not.
bool understands_status(unsigned status);

/// The head without what must not be stored: fields of the connection (3.1), of the proxy's own authentication, those
/// that no-cache="…" and private="…" name, and Content-Length, which the body's size says. With a Date, if it has none
/// (RFC 9110, 6.6.1).
http::ResponseHead storable_head(const http::ResponseHead& response, Seconds received, const Policy& policy);

}  // namespace wireproof::http_cache
