#pragma once
// Addresses as messages write them: "10.0.0.1 10000", "2001:db8::1 10000".

#include <optional>
#include <string>
#include <string_view>

#include "net/address.hpp"

namespace wireproof::hmtp {

/// Without a zone, which means nothing to another host.
using Endpoint = Address;

/// Appends "address port".
void append_text(std::string& text, const Endpoint& endpoint);

/// Exactly "address port": a dotted quad or the text of an IPv6 address (RFC 4291, 2.2, without zone), one space, a
/// port from 1 to 65535 without leading zeros. Nothing for anything else, nor for what is not unicast, nor for an
/// IPv4-mapped IPv6 address, which would be a second name of an IPv4 endpoint.
std::optional<Endpoint> parse_endpoint(std::string_view text);

}  // namespace wireproof::hmtp
