#pragma once
// An IP address and a UDP port, and their text in messages: "10.0.0.1 10000", "2001:db8::1 10000".

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wireproof::hmtp {

/// IPv4 addresses are kept as IPv4-mapped IPv6 addresses (RFC 4291, 2.5.5.2). A zone is not kept: it means nothing to
/// another host.
struct Endpoint {
  std::array<std::uint8_t, 16> address{};
  std::uint16_t port = 0;  ///< 0: no endpoint

  static Endpoint v4(std::uint32_t address, std::uint16_t port);  ///< address in host order: 0x7F000001 is 127.0.0.1

  bool is_set() const { return port != 0; }
  bool is_v4() const;
  /// Whether one host can be reached there: not the unspecified address, no multicast, no limited broadcast.
  bool is_unicast() const;

  friend bool operator==(const Endpoint&, const Endpoint&) = default;
  friend auto operator<=>(const Endpoint&, const Endpoint&) = default;
};

/// Appends "address port".
void append_text(std::string& text, const Endpoint& endpoint);
/// "10.0.0.1:10000", "[2001:db8::1]:10000", for people.
std::string name_of(const Endpoint& endpoint);

/// Exactly "address port": a dotted quad or the text of an IPv6 address (RFC 4291, 2.2, without zone), one space, a
/// port from 1 to 65535 without leading zeros. Nothing for anything else, nor for what is not unicast, nor for an
/// IPv4-mapped IPv6 address, which would be a second name of an IPv4 endpoint.
std::optional<Endpoint> parse_endpoint(std::string_view text);

}  // namespace wireproof::hmtp
