#pragma once
// Where frames leave: a raw packet socket that only sends.

#include <cstddef>
#include <span>
#include <string>

#include "loop/file_descriptor.hpp"
#include "wire/packet.hpp"

namespace wireproof::wire {

/// Sends frames past all queue disciplines of an interface. Not the socket that receives there: that one is waited for,
/// and the kernel would look for who waits at each frame that it is done with.
class PacketSender {
 public:
  /// Throws Failure.
  explicit PacketSender(const std::string& interface);

  /// Sends the first packets; returns how many. Fewer than all: `error` says why the next could not be sent.
  std::size_t send(std::span<const Packet> packets, int& error);
  /// Throws Failure when the interface is gone.
  void check_interface() const;

 private:
  static constexpr std::size_t kBatch = 64;

  std::string interface_;
  unsigned index_;
  FileDescriptor socket_;
};

}  // namespace wireproof::wire
