#pragma once
// A connected UDP socket that tells what became of each datagram.

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "loop/signals.hpp"
#include "net/udp_socket.hpp"

namespace wireproof::tv {

/// Connected, so that an ICMP "port unreachable" comes back as ECONNREFUSED; with IP_RECVERR, so that a datagram
/// dropped by the host's own queue is told as ENOBUFS.
class SenderSocket {
 public:
  struct Settings {
    std::optional<int> ttl;  ///< hop limit; the system's default (1 for groups) without
    std::optional<std::string> interface;
    int family = 0;  ///< AF_INET or AF_INET6 only; 0 for either
  };

  struct Counts {
    std::uint64_t datagrams = 0;    ///< taken by the kernel
    std::uint64_t bytes = 0;        ///< their payload
    std::uint64_t refused = 0;      ///< ICMP port unreachable (ECONNREFUSED)
    std::uint64_t unreachable = 0;  ///< ICMP or neighbour search: host unreachable (EHOSTUNREACH)
    std::uint64_t no_buffers = 0;   ///< datagrams lost in this host (ENOBUFS)
    std::uint64_t blocked = 0;      ///< datagrams that waited for room in the socket's buffer
    std::chrono::nanoseconds blocked_time{0};
  };

  enum class Outcome { sent, sent_after_wait, lost_here, refused, stopped };

  /// Connects to the first address of `host` that can be reached. Throws Failure.
  SenderSocket(const std::string& host, std::uint16_t port, const Settings& settings);

  /// Sends one datagram; waits while the socket's buffer is full. A refusal told by the system concerns an earlier
  /// datagram: it is counted and this one is tried again, or, with `stop_on_refusal`, given back as Outcome::refused.
  /// Throws Failure where going on makes no sense (EMSGSIZE, ENETUNREACH, EPERM…).
  Outcome send(std::span<const std::uint8_t> datagram, const StopSignals& signals, bool stop_on_refusal);

  /// Waits at most `limit` for the network to complain about what was sent. Returns the system's error, or 0.
  int wait_for_error(std::chrono::milliseconds limit, const StopSignals& signals);

  const Address& peer() const { return peer_; }
  const Counts& counts() const { return counts_; }

 private:
  std::optional<UdpSocket> socket_;
  Address peer_;
  Counts counts_;
};

}  // namespace wireproof::tv
