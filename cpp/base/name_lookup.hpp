#pragma once
// The addresses behind a host's name, for UDP programs that speak to sockets themselves.

#include <netdb.h>
#include <sys/socket.h>

#include <memory>
#include <string>

namespace wireproof {

using FoundAddresses = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

/// The addresses of a host, by its name or address, in the order in which they should be tried; at least one, with port
/// 0. family: AF_INET, AF_INET6, or AF_UNSPEC for both. Throws Failure when there is none.
FoundAddresses look_up(const std::string& host, int family = AF_UNSPEC);

}  // namespace wireproof
