#pragma once
// Where frames come in: a raw packet socket on an interface (packet(7)).

#include <cstdint>
#include <string>
#include <vector>

#include "loop/file_descriptor.hpp"
#include "wire/headers.hpp"
#include "wire/time.hpp"

namespace wireproof::wire {

/// Receives all frames that come in on the interface, not those that go out, through a ring shared with the kernel
/// (PACKET_RX_RING, version 2): an ordinary user in a namespace of his own may not enlarge a socket's buffer, but a
/// ring may have any size.
class PacketSocket {
 public:
  struct Received {
    Bytes frame;             ///< valid until the next call; with its VLAN tag where the kernel had taken it off
    std::size_t length = 0;  ///< the frame's own; more than `frame` when that is cut short
    nanoseconds stamp{0};    ///< when the kernel got it, CLOCK_REALTIME
  };

  /// Throws Failure: "open a packet socket …", "find the interface 'x': No such device".
  explicit PacketSocket(const std::string& interface);
  ~PacketSocket();
  PacketSocket(const PacketSocket&) = delete;
  PacketSocket& operator=(const PacketSocket&) = delete;

  int descriptor() const { return socket_.get(); }
  const std::string& interface() const { return interface_; }

  /// The next frame; false when there is none.
  bool receive(Received& received);
  /// Frames the kernel dropped since the last call because the ring was full.
  std::uint64_t take_kernel_drops();
  /// Takes the error that woke us. Throws Failure when the interface is gone; true when it is only down.
  bool take_down_error();

 private:
  void open_ring(std::size_t longest);
  Bytes with_vlan_tag(Bytes frame, std::uint16_t protocol, std::uint16_t tag);

  std::string interface_;
  unsigned index_ = 0;
  FileDescriptor socket_;
  std::uint8_t* ring_ = nullptr;
  std::size_t ring_bytes_ = 0;
  std::size_t slot_bytes_ = 0;
  std::size_t block_bytes_ = 0;
  std::size_t slots_ = 0;
  std::size_t next_ = 0;
  std::size_t held_ = 0;  ///< slot of the frame handed out last, plus 1; 0: none
  std::vector<std::uint8_t> scratch_;
};

}  // namespace wireproof::wire
