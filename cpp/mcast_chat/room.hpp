#pragma once
// A multicast group and a UDP port, joined: one socket hears the room, another speaks to it.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "mcast_chat/message.hpp"
#include "net/interface.hpp"
#include "net/udp_socket.hpp"

namespace wireproof::mcast_chat {

struct RoomOptions {
  std::string room;                      ///< "224.1.1.1", "ff15::801:101", "ff12::801:101%h1-eth0"
  std::uint16_t port = kPort;            ///< from 1
  std::optional<std::string> interface;  ///< by name; without it the one that the system's routes name
  int ttl = 1;                           ///< time to live or hop limit of what is sent
  bool loopback = true;                  ///< whether members on this host hear it too
};

/// The interface cannot be used for IPv6 yet: it gets its addresses and routes a moment after it is switched on, and
/// then they are probed for duplicates (RFC 4862, 5.4).
class NoAddressYet : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Room {
 public:
  /// Opens both sockets and joins the group. Throws UsageError for a room that is no multicast address or lacks its
  /// interface, NoAddressYet, and Failure with what was tried, what the system said, and what to do.
  explicit Room(const RoomOptions& options);

  /// Sends one datagram, waiting two seconds at most for room in the socket's buffer.
  std::error_code send(std::string_view datagram) const;

  using Take = std::function<void(const Address& from, std::string_view bytes)>;
  /// Takes the datagrams that have come. Of one that is too long the first kLargestDatagram + 1 bytes are
  /// given. Throws Failure.
  void receive(const Take& take);

  int descriptor() const { return hearing_->descriptor(); }
  /// Where its datagrams come from, as other members see it.
  const Address& self() const { return self_; }
  /// "224.1.1.1:5000 (udp, h1-eth0)".
  std::string text() const;
  /// Datagrams that the kernel dropped because this program did not take them in time.
  std::uint64_t kernel_drops() const { return hearing_->drops(); }

 private:
  void open_speaking(const RoomOptions& options);
  void open_hearing();

  Address group_;
  Interface interface_;  ///< none while unknown
  std::optional<UdpSocket> speaking_;
  std::optional<UdpSocket> hearing_;
  Address self_;
};

}  // namespace wireproof::mcast_chat
