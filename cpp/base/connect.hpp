#pragma once
// Connecting a TCP client by name or address.

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/stop_signals.hpp"

namespace wireproof {

/// The addresses of `host` (name or numeric, IPv4 or IPv6) in the resolver's order. Throws Failure "resolve nowhere:
/// …".
using TcpAddresses = boost::asio::ip::tcp::resolver::results_type;
TcpAddresses resolve(boost::asio::io_context& context, const std::string& host, std::uint16_t port);

/// Tries every address until one accepts; each refusal but the last is told. `patience` is for one address, 0 leaves it
/// to the kernel. `context` must be idle. Nothing when one of the signals, if any are given, came first; it is not
/// taken. Throws Failure "connect to 10.0.0.1:1234: …" for the last address tried.
std::optional<boost::asio::ip::tcp::socket> connect_to(boost::asio::io_context& context, const TcpAddresses& addresses,
                                                       std::chrono::milliseconds patience,
                                                       const StopSignals* signals = nullptr);

}  // namespace wireproof
