#pragma once
// Connecting a TCP client by name or address.

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstdint>
#include <string>

namespace wireproof {

/// Tries every address of `host` (name or numeric, IPv4 or IPv6) in the resolver's order until one accepts; each
/// refusal but the last is told. `patience` is for one address, 0 leaves it to the kernel. `context` must be idle.
/// Throws Failure "resolve nowhere: …" or "connect to 10.0.0.1:1234: …" for the last address tried.
boost::asio::ip::tcp::socket connect_to(boost::asio::io_context& context, const std::string& host, std::uint16_t port,
                                        std::chrono::milliseconds patience);

}  // namespace wireproof
