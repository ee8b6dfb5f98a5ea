#pragma once
// The socket under a datagram service.

#include <cstdint>
#include <optional>
#include <string>

#include "message/datagram_service.hpp"

namespace wireproof::message {

struct DatagramServerOptions {
  std::uint16_t port = kPort;         ///< 0: the kernel chooses one
  std::string address;                ///< numeric; empty: all addresses, IPv4 and IPv6
  std::size_t receive_size = 65536;   ///< bytes taken of a datagram; recvmsg tells by MSG_TRUNC when that cut it
  std::optional<int> receive_buffer;  ///< SO_RCVBUF in bytes; the kernel grants twice that, within its bounds
  double delay = 0;                   ///< seconds of rest after each datagram
};

/// What came to the socket is what the service received, and dropped, and unread: exactly, once it has stopped.
struct DatagramReport {
  std::uint64_t answered = 0;        ///< answers that the kernel took
  std::uint64_t dropped = 0;         ///< datagrams the kernel dropped, mostly because the receive buffer was full
  std::uint64_t unread = 0;          ///< still in the receive buffer when the server stopped
  std::uint64_t receive_buffer = 0;  ///< as granted, bytes
};

/// Says "listening on [::]:12800 (udp)" and answers until SIGINT or SIGTERM. Throws Failure.
DatagramReport serve_datagrams(const DatagramServerOptions& options, DatagramService& service);

}  // namespace wireproof::message
