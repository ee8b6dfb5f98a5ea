#pragma once
// A UDP socket that speaks of endpoints.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_descriptor.hpp"
#include "hmtp/endpoint.hpp"

namespace wireproof::hmtp {

/// Zones are the host's own: one is used for all link-local addresses.
struct Zone {
  std::uint32_t index = 0;  ///< 0: the system chooses
};

class UdpSocket {
 public:
  struct Received {
    Endpoint from;
    std::string_view bytes;  ///< until the next receive()
  };

  /// Binds to the numeric `address`, or, when that is empty, to [::] for IPv4 too, or to 0.0.0.0 where the kernel has
  /// no IPv6. Throws Failure "listen on …", UsageError for an address that is not numeric.
  UdpSocket(const std::string& address, std::uint16_t port, Zone zone);

  int descriptor() const { return descriptor_.get(); }
  std::uint16_t port() const { return port_; }
  std::string name() const;  ///< "[::]:10000"

  /// A datagram that waits, if there is one. Throws Failure when the socket fails.
  std::optional<Received> receive();
  /// Does not wait. 0, or the errno value of what the system said.
  int send(const Endpoint& to, std::string_view bytes);

 private:
  void open(int family, const std::string& address, std::uint16_t port, int& error);

  FileDescriptor descriptor_;
  int family_ = 0;
  Zone zone_;
  std::uint16_t port_ = 0;
  std::vector<char> buffer_;
};

/// Where a host is: numeric, or a name for the resolver; "host", "host:port", "[address]:port", or an IPv6 address.
struct Destination {
  Endpoint endpoint;
  Zone zone;  ///< of a link-local address
};

/// Throws Failure when the host is not found, UsageError when the text is none of these.
Destination find_destination(const std::string& text, std::uint16_t default_port);

/// The index of a network interface. Throws Failure when there is none of that name.
Zone zone_of(const std::string& interface);

/// The address that this host sends from when it sends there; unset when it cannot.
Endpoint source_towards(const Destination& destination, std::uint16_t port);

/// The endpoint of a numeric address; unset when it is not numeric or not unicast.
Endpoint numeric_endpoint(const std::string& address, std::uint16_t port);

}  // namespace wireproof::hmtp
