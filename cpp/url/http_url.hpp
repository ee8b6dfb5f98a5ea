#pragma once
// An http or https URL (RFC 9110, 4.2): checked, in one spelling, and in the forms that requests want. Pure.

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "url/reference.hpp"

namespace wireproof::url {

/// Why a text is no URL that can be fetched; what() is for people.
class UrlError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// User and password, decoded; either may be empty (RFC 3986, 3.2.1; RFC 7617 for what they are used for).
struct Credentials {
  std::string user;
  std::string password;

  friend bool operator==(const Credentials&, const Credentials&) = default;
};

struct HttpUrl {
  std::string scheme;  ///< "http" or "https"
  std::optional<Credentials> credentials{};
  std::string host;         ///< a name in lower case, an IPv4 address, or an IPv6 address without brackets
  std::string zone{};       ///< interface of a link-local IPv6 address (RFC 6874), never told to servers
  std::uint16_t port = 80;  ///< also where none is written
  std::string path = "/";   ///< as sent: percent-encoded, without dot segments
  std::optional<std::string> query{};

  /// Whether both are of one server, as far as credentials are concerned: scheme, host and port (RFC 6454, 4).
  bool same_origin(const HttpUrl& other) const;
  /// "h1", "h1:8080", "[fe80::1]": the value of Host, without zone, and without the scheme's own port.
  std::string host_header() const;
  /// For looking up: "fe80::1%h1-eth0".
  std::string host_to_resolve() const;
  /// "/path?query" (RFC 9112, 3.2.1).
  std::string origin_form() const;
  /// "http://h1:8080/path?query", without credentials and zone (RFC 9112, 3.2.2); also what people are told.
  std::string absolute_form() const;
  /// As the base of references.
  Reference reference() const;

  friend bool operator==(const HttpUrl&, const HttpUrl&) = default;
};

/// The longest text that is looked at, bytes.
constexpr std::size_t kLongestUrl = 16 * 1024;

/// A whole URL, as typed: spaces and what else no URL may hold are percent-encoded, and without "…://" http is meant.
/// The fragment is dropped (RFC 9110, 7.1). Throws UrlError.
HttpUrl parse_typed_url(std::string_view text);

/// A URL, or a reference relative to `base`, as servers write in Location. Throws UrlError.
HttpUrl parse_location(const HttpUrl& base, std::string_view text);

}  // namespace wireproof::url
