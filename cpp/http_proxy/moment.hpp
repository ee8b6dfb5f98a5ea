#pragma once
// Small things that the proxy's parts share.

#include <chrono>
#include <string>

#include "http/message.hpp"
#include "http_cache/stored_response.hpp"
#include "http_forwarding/next_hop.hpp"
#include "loop/clock.hpp"
#include "net/address.hpp"

namespace wireproof::http_proxy {

/// Since 1970, UTC.
inline http_cache::Seconds seconds_now() { return std::chrono::floor<http_cache::Seconds>(time_of_day()); }

// Not in coroutines: GCC 12 destroys some temporaries of braces twice there (GCC bug 102217).

inline http_forwarding::PreviousHop previous_hop(const Address& client) { return {.client = client, .scheme = "http"}; }

/// What TRACE is answered with (RFC 9110, 9.3.8), without what the client keeps secret.
std::string traced(const http::RequestHead& request);

}  // namespace wireproof::http_proxy
