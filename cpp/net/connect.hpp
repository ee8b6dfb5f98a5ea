#pragma once
// Connecting a TCP client by name or address.

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <optional>
#include <vector>

#include "loop/signals.hpp"
#include "net/address.hpp"

namespace wireproof {

namespace asio = boost::asio;
using asio::ip::tcp;

/// Tries every address until one accepts; each refusal but the last is told. `patience` is for one address, 0 leaves it
/// to the kernel. `context` must be idle. Nothing when one of the signals, if any are given, came first; it is not
/// taken. Throws Failure "connect to 10.0.0.1:1234: …" for the last address tried.
std::optional<tcp::socket> connect_to(asio::io_context& context, const std::vector<Address>& addresses,
                                      std::chrono::milliseconds patience, const StopSignals* signals = nullptr);

}  // namespace wireproof
