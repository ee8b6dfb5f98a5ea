#pragma once
// Cuts datagrams into transport stream packets.

#include <cstdint>
#include <functional>
#include <vector>

#include "mpegts/packet.hpp"

namespace wireproof::mpegts {

/// Takes datagrams that hold a transport stream, whole packets in each (RFC 2250's way, 7 · 188 bytes) or cut anywhere
/// (the tv sheet's 7,975 bytes), and finds the packets. Keeps at most one unfinished packet.
class Framer {
 public:
  using Take = std::function<void(Bytes packet)>;

  /// Calls `take` for each packet that ends in this datagram. Returns whether the datagram belongs to a transport
  /// stream; one that does not leaves no trace but its counts.
  bool push(Bytes datagram, const Take& take);

  /// Bytes that belonged to no packet: pieces around losses, and datagrams that are not a transport stream.
  std::uint64_t discarded() const { return discarded_; }
  /// Datagrams that are not a transport stream.
  std::uint64_t foreign() const { return foreign_; }

 private:
  void deliver(Bytes stream, const Take& take);

  std::vector<std::uint8_t> pending_;
  std::vector<std::uint8_t> joined_;
  std::uint64_t discarded_ = 0;
  std::uint64_t foreign_ = 0;
};

}  // namespace wireproof::mpegts
