#pragma once
// Why there is no answer of the next hop, in the header of the one that stands for it (RFC 9209). Pure.

#include <optional>
#include <string>
#include <string_view>

#include "http_forwarding/upstream_error.hpp"

namespace wireproof::http_proxy {

/// "connection_refused" (2.3).
std::string_view error_type(http_forwarding::UpstreamCause cause);
/// Of what the proxy refuses by itself; empty where the RFC has no word for it.
std::string_view error_type(unsigned status);
/// One member of the list: `wireproof; error=connection_refused`.
std::string proxy_status(std::string_view proxy, std::string_view error);

}  // namespace wireproof::http_proxy
