#pragma once
// An IP address and a port, as every program here holds them: parsed, printed, and in the kernel's form.

#include <sys/socket.h>

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wireproof {

/// As the system's calls take and give it.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = sizeof storage;

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

struct Address {
  std::array<std::uint8_t, 16> address{};  ///< network order; IPv4 as IPv4-mapped IPv6 (RFC 4291, 2.5.5.2)
  std::uint16_t port = 0;                  ///< 0: none is known yet
  std::uint32_t zone = 0;                  ///< index of the interface that a link-local address means (RFC 4007)

  static Address v4(std::uint32_t address, std::uint16_t port);  ///< address in host order: 0x7F000001 is 127.0.0.1
  static Address any(int family, std::uint16_t port);            ///< 0.0.0.0 or [::]
  static Address of(const SocketAddress& address);               ///< IPv4 or IPv6

  /// For a socket of `family`, or of its own; an IPv6 socket knows IPv4 addresses as mapped ones.
  SocketAddress for_socket(int family) const;
  SocketAddress for_socket() const { return for_socket(family()); }

  bool is_set() const { return port != 0; }
  bool is_v4() const;
  int family() const { return is_v4() ? AF_INET : AF_INET6; }
  bool is_unspecified() const;
  bool is_loopback() const;  ///< 127.0.0.0/8, ::1
  bool is_multicast() const;
  /// Whether one host can be reached there: not in 0.0.0.0/8, not ::, no multicast, no limited broadcast.
  bool is_unicast() const;
  /// Whether it exists on every interface, so that a zone tells which is meant: link-local, also of multicast, and
  /// interface-local multicast.
  bool wants_zone() const;
  bool same_host(const Address& other) const { return address == other.address && zone == other.zone; }

  Address with_port(std::uint16_t other) const { return {address, other, zone}; }
  /// The zone too, where it wants one and has none.
  Address in_zone(std::uint32_t interface) const;
  Address without_zone() const { return {address, port, 0}; }

  /// "10.0.0.1", "fe80::1%h1-eth0".
  std::string host() const;

  friend bool operator==(const Address&, const Address&) = default;
  friend auto operator<=>(const Address&, const Address&) = default;
};

/// "10.0.0.1:1234", "[fe80::1%h1-eth0]:1234".
std::string name_of(const Address& address);

/// A numeric IPv4 or IPv6 address, with %INTERFACE (name or index) behind an IPv6 one where that is meant, and port 0.
/// Nothing for anything else.
std::optional<Address> parse_address(std::string_view text);

/// A port from 1 to 65535 in decimal digits.
std::optional<std::uint16_t> parse_port(std::string_view text);

}  // namespace wireproof
