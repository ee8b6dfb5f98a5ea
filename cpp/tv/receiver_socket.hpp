#pragma once
// A UDP socket, a member of a group when one is given, that tells when each datagram came and what the kernel dropped.

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "net/udp_socket.hpp"

namespace wireproof::tv {

class ReceiverSocket {
 public:
  struct Settings {
    std::uint16_t port = 0;
    std::optional<std::string> bind;       ///< local address; without it every IPv4 address (or the group's family)
    std::optional<std::string> group;      ///< multicast group to join
    std::optional<std::string> interface;  ///< where to join, or, without a group, the only one to listen on
  };

  /// Called with the arrival time (CLOCK_MONOTONIC seconds, from the kernel's stamp) and the bytes of a datagram.
  using Take = std::function<void(double arrival, std::span<const std::uint8_t> datagram)>;

  /// Binds and joins. Throws Failure naming what was tried, UsageError when `group` is no multicast address.
  explicit ReceiverSocket(const Settings& settings);

  /// Takes what has come, a few dozen datagrams at most, without waiting; returns whether there may be more. Throws
  /// Failure.
  bool receive(const Take& take);

  int descriptor() const { return socket_->descriptor(); }
  const Address& local() const { return local_; }
  /// "226.1.1.1 on h1-eth0", empty without a group.
  const std::string& joined() const { return joined_; }
  /// Datagrams the kernel dropped because this socket's buffer was full.
  std::uint64_t drops() const { return socket_->drops(); }

 private:
  std::optional<UdpSocket> socket_;
  Address local_;
  std::string joined_;
};

}  // namespace wireproof::tv
