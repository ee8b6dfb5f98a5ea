#pragma once
// The cookie that binds a client to a node (RFC 6265). Pure.

#include <string>
#include <string_view>

#include "http/fields.hpp"

namespace wireproof::http_balancer {

inline constexpr std::string_view kCookie = "balancer-node";

/// What stands for a node in cookies: 16 hexadecimal digits, the same in every process that knows the node by this
/// host and port, also after a restart. It does not show where the node is, but is no secret: who has another's cookie
/// comes to that one's node.
std::string token_of(std::string_view authority);

/// The value of kCookie in a request; empty when there is none.
std::string_view cookie_of(const http::Fields& fields);

/// The value of Set-Cookie. It lasts as long as the browser's session.
std::string set_cookie(std::string_view token);

}  // namespace wireproof::http_balancer
