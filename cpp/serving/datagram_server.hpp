#pragma once
// Answers the datagrams of all clients by one socket.

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "loop/loop.hpp"
#include "loop/signals.hpp"
#include "net/udp_socket.hpp"

namespace wireproof {

struct DatagramServerOptions {
  std::uint16_t port = 0;               ///< 0: the kernel chooses one
  std::string address{};                ///< numeric; empty: all addresses, IPv4 and IPv6
  std::size_t receive_size = 65536;     ///< bytes taken of a datagram; recvmsg tells by MSG_TRUNC when that cut it
  std::optional<int> receive_buffer{};  ///< SO_RCVBUF in bytes; the kernel grants twice that, within its bounds
  double delay = 0;                     ///< seconds of rest after each datagram
};

/// Every datagram that came to the socket was taken, or dropped, or is unread: exactly, once the server has stopped.
struct DatagramReport {
  std::uint64_t answered = 0;        ///< answers that the kernel took
  std::uint64_t dropped = 0;         ///< datagrams the kernel dropped, mostly because the receive buffer was full
  std::uint64_t unread = 0;          ///< still in the receive buffer when the server stopped
  std::uint64_t receive_buffer = 0;  ///< as granted, bytes
};

/// Takes a datagram, and gives what it is answered with, until the next one; nothing when it gets no answer.
using DatagramAnswer = std::function<std::optional<std::string_view>(const UdpSocket::Datagram&)>;

class DatagramServer {
 public:
  /// Bound. From now on SIGINT and SIGTERM end run() and not the process. Throws Failure.
  explicit DatagramServer(const DatagramServerOptions& options);

  std::uint16_t port() const { return socket_.local().port; }

  /// Says "listening on [::]:12800 (udp)" and answers until SIGINT or SIGTERM, each datagram from the address of this
  /// host that it was sent to. Throws Failure.
  DatagramReport run(const DatagramAnswer& answer);

 private:
  asio::awaitable<void> serve(const DatagramAnswer& answer);
  void told(const Address& client, int error);

  Time rest_;  ///< after each datagram
  StopSignals signals_;
  UdpSocket socket_;
  Loop loop_;
  std::set<int> answer_errors_;  ///< that were told
  DatagramReport report_;
};

}  // namespace wireproof
