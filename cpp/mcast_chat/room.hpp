#pragma once
// A multicast group and a UDP port, joined: one socket hears the room, another speaks to it.

#include <boost/asio/ip/udp.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "base/file_descriptor.hpp"
#include "mcast_chat/message.hpp"
#include "mcast_chat/roster.hpp"

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

  using Take = std::function<void(const Source& from, std::string_view bytes)>;
  /// Takes the datagrams that have come, 64 at most. Of one that is too long the first kLargestDatagram + 1 bytes are
  /// given. Throws Failure.
  void receive(const Take& take) const;

  int descriptor() const { return hearing_.get(); }
  /// Where its datagrams come from, as other members see it.
  const Source& self() const { return self_; }
  /// "224.1.1.1:5000 (udp, h1-eth0)".
  std::string text() const;
  /// Datagrams that the kernel dropped because this program did not take them in time.
  std::uint64_t kernel_drops() const;

 private:
  using Endpoint = boost::asio::ip::udp::endpoint;

  void find_interface(const std::string& name);
  void open_speaking(const RoomOptions& options);
  void open_hearing();
  std::string where() const;

  Endpoint group_;
  unsigned interface_ = 0;      ///< index; 0 while unknown
  std::string interface_name_;  ///< empty while unknown
  FileDescriptor speaking_;
  FileDescriptor hearing_;
  Source self_;
};

}  // namespace wireproof::mcast_chat
