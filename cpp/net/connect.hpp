#pragma once
// Connecting a TCP client by name or address.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <optional>
#include <vector>

#include "loop/signals.hpp"
#include "loop/time.hpp"
#include "net/address.hpp"

namespace wireproof {

namespace asio = boost::asio;
using asio::ip::tcp;

/// Tries every address until one accepts; each refusal but the last is told. `patience` is for one address, 0 leaves it
/// to the kernel. `context` must be idle. Nothing when one of the signals, if any are given, came first; it is not
/// taken. Throws Failure "connect to 10.0.0.1:1234: …" for the last address tried.
std::optional<tcp::socket> connect_to(asio::io_context& context, const std::vector<Address>& addresses,
                                      std::chrono::milliseconds patience, const StopSignals* signals = nullptr);

/// One attempt to connect, and how long it took.
struct Handshake {
  tcp::socket socket;               ///< connected, unless there is an error
  boost::system::error_code error;  ///< connection_refused: the peer's reset; timed_out
  Time began{0};                    ///< on CLOCK_MONOTONIC
  Time ended{0};
  std::optional<Time> round_trip{};  ///< of SYN and SYN-ACK, as the kernel measured it (tcpi_rtt, tcp(7))
  bool was_repeated = false;         ///< a second SYN was needed
};

/// `patience`: 0 leaves it to the kernel.
asio::awaitable<Handshake> shake_hands(asio::io_context& context, const Address& peer, Time patience);

}  // namespace wireproof
