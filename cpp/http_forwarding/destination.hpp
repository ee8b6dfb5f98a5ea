#pragma once
// Whom a request is to be handed to (RFC 9112, 3.2 and 3.3). Pure.

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "http/message.hpp"

namespace wireproof::http_forwarding {

/// A host as its name is looked up: in lower case, an IPv6 address without brackets.
struct Authority {
  std::string host;
  std::uint16_t port = 80;

  friend bool operator==(const Authority&, const Authority&) = default;
  friend auto operator<=>(const Authority&, const Authority&) = default;
};

/// "h:80", "[::1]:80".
std::string text_of(const Authority& authority);
/// "h", "h:8080", "[::1]": as URLs of http and Host have it, without the port that they need not tell.
std::string host_header(const Authority& authority);

/// Of "h", "h:80", "[::1]:80"; 400 for what is malformed, empty, or has a port that does not exist. `default_port`: 0
/// where it must be told.
http::Outcome<Authority> parse_authority(std::string_view text, std::uint16_t default_port);

struct Destination {
  Authority authority;
  std::string target;  ///< in origin-form, "*" or, of CONNECT, as it came
};

/// Whether it names a whole URL: "http://h/a".
bool is_absolute_form(const http::RequestHead& request);

/// Of a request in absolute-form or CONNECT, whatever Host says (RFC 9112, 3.2.2). 400 for what is malformed, 501 for
/// another scheme than http.
http::Outcome<Destination> destination_of(const http::RequestHead& request);

}  // namespace wireproof::http_forwarding
