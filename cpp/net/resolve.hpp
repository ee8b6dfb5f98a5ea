#pragma once
// The addresses behind a host's name.

#include <string>
#include <vector>

#include "net/address.hpp"

namespace wireproof {

/// The addresses of a host, by its name or address, in the order in which they should be tried; at least one.
/// family: AF_INET, AF_INET6, or AF_UNSPEC for both. Throws Failure "find the address of 'nowhere': …".
std::vector<Address> resolve(const std::string& host, std::uint16_t port, int family = AF_UNSPEC);

/// The first address of "host", "host:port", "[address]:port", or of an IPv6 address; `port` where none is written.
/// Throws Failure when the host is not found, UsageError when the text is none of these or not one host's.
Address resolve_destination(const std::string& text, std::uint16_t port);

}  // namespace wireproof
