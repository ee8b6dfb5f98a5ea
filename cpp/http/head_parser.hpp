#pragma once
// Takes heads apart (RFC 9112, 3 to 5), by Boost.Beast's parser, and refuses what that takes and the RFCs do not.

#include <string_view>

#include "http/message.hpp"

namespace wireproof::http {

/// `head`: from the start line to the empty line, which is its last. 400; 501 and 505 as framing_of() and the version
/// ask.
Outcome<RequestHead> parse_request_head(std::string_view head);
/// Likewise; all refusals are 502.
Outcome<ResponseHead> parse_response_head(std::string_view head);
/// A line without its CR LF: of trailers.
Outcome<Field> parse_field_line(std::string_view line);

/// Whether Host may have this value: a name, an IPv4 address or an IPv6 address in brackets, and a port, or none of it
/// (RFC 9110, 7.2; RFC 3986, 3.2).
bool is_host(std::string_view text);

}  // namespace wireproof::http
