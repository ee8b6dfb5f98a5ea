#pragma once
// The one UDP socket: of IPv4, of IPv6, or of both.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "loop/file_descriptor.hpp"
#include "net/address.hpp"

namespace wireproof {

/// What a socket is asked for before it is bound; the system's defaults without.
struct UdpOptions {
  std::optional<int> hop_limit{};            ///< time to live of what is sent to one host
  std::optional<int> multicast_hop_limit{};  ///< of what is sent to groups; the system's default is 1
  std::optional<bool> multicast_loopback{};  ///< whether members on this host hear it too
  unsigned multicast_interface = 0;          ///< index of the one by which groups are sent to; 0: the routes tell
  std::string device{};                      ///< nothing comes or goes by another interface (SO_BINDTODEVICE)
  bool broadcast = false;                    ///< may send to broadcast addresses
  bool fragmented = false;        ///< IPv4: whoever has the small link cuts large datagrams (IP_PMTUDISC_DONT)
  bool tells_errors = false;      ///< ICMP errors, and what this host's own queue drops, fail a send (IP_RECVERR)
  bool shares_port = false;       ///< a member of a group, beside others on this host (SO_REUSEADDR); of one family
  bool tells_asked = false;       ///< Datagram::asked (IP_PKTINFO)
  bool stamps_arrival = false;    ///< Datagram::arrival is the kernel's (SO_TIMESTAMPNS)
  bool stamps_departure = false;  ///< departure() (SO_TIMESTAMPING)
  std::optional<int> receive_buffer{};  ///< SO_RCVBUF, bytes; the kernel grants twice that, within its bounds
  std::size_t longest = 65536;          ///< bytes kept of a datagram
};

class UdpSocket {
 public:
  struct Datagram {
    Address from;
    std::string_view bytes;  ///< until the next receive()
    std::size_t length = 0;  ///< as sent: more than `bytes` has when its end was cut off
    Address asked;           ///< this host's address that it was sent to (of a group: that it came in by)
    std::chrono::steady_clock::time_point arrival;

    bool is_cut() const { return length > bytes.size(); }
    /// How long ago it came.
    std::chrono::nanoseconds age() const { return std::chrono::steady_clock::now() - arrival; }
  };

  /// What the kernel tells of a datagram that it gave to an interface's driver.
  struct Departure {
    std::uint32_t number = 0;  ///< how many were sent by this socket before
    std::chrono::steady_clock::time_point time;
  };

  /// Of AF_INET or AF_INET6, which is for IPv4 too; neither bound nor connected. Only wait_for_room() waits. A
  /// family that this kernel has not is told by bind() and connect(). Throws Failure "set …: …".
  explicit UdpSocket(int family, const UdpOptions& options = {});
  /// Bound as bind_server() says. Throws UsageError, Failure "listen on [::]:1234 (udp): …".
  static UdpSocket listening(const std::string& address, std::uint16_t port, const UdpOptions& options = {},
                             std::uint32_t zone = 0);

  /// These give 0, or the errno value of what the system said.
  int bind(const Address& local) const;
  int connect(const Address& peer) const;
  /// Receives from the group on this interface (0: the one of the system's choice), and what other programs have joined
  /// elsewhere not.
  int join(const Address& group, unsigned interface) const;
  int send(std::string_view bytes) const;  ///< of a connected socket
  /// To an address, from the one of this host that was asked, where it is known.
  int send_to(const Address& to, std::string_view bytes, const Address& asked = {}) const;

  /// The next that the kernel tells, with stamps_departure; mostly there as soon as a datagram is sent.
  std::optional<Departure> departure() const;
  /// Numbers of departures begin with 0 again. After a send that failed nobody knows whether that had one.
  void number_anew() const;

  /// Waits for room to send.
  bool wait_for_room(std::chrono::milliseconds patience) const;

  /// A datagram that waits, if there is one. Throws Failure "receive at [::]:1234: …", or "from" its peer,
  /// when the socket fails.
  std::optional<Datagram> receive();
  /// The same, but `error` is what the system said, an errno value; 0: nothing.
  std::optional<Datagram> receive(int& error);
  /// Gives datagrams to `take` until none waits, 64 at most: others have their turn then. Whether there may be more.
  bool receive_each(const std::function<void(const Datagram&)>& take);
  /// Throws away what the network told of earlier datagrams; the socket fails no longer for them.
  void forget_errors() const;
  /// What the network told last of what was sent, an errno value; 0: nothing.
  int take_error() const;
  /// From now on the kernel drops what comes, and counts it: what is still unread can be counted to its end, however
  /// fast others send.
  void accept_no_more() const;

  int descriptor() const { return descriptor_.get(); }
  /// Unspecified where it is bound to all addresses or not yet.
  Address local() const;
  /// As granted, bytes.
  std::uint64_t receive_buffer() const;
  /// Datagrams that the kernel dropped, mostly because the buffer was full. The same counter as SO_RXQ_OVFL's, which
  /// however is told only with a later datagram and so misses the last drops.
  std::uint64_t drops() const;

 private:
  void set(int level, int option, const auto& value, const char* what) const;

  FileDescriptor descriptor_;
  int open_error_;  ///< why there is none
  int family_;
  std::vector<char> buffer_;
};

}  // namespace wireproof
