#include "url/http_url.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "net/address.hpp"
#include "text/utf8.hpp"
#include "url/percent.hpp"

namespace wireproof::url {
namespace {

/// RFC 1035, 2.3.4, as text.
constexpr std::size_t kLongestName = 253;
constexpr std::size_t kLongestLabel = 63;
constexpr std::size_t kLongestZone = 64;

[[noreturn]] void refuse(std::string_view text, std::string_view why) {
  throw UrlError(fmt::format("'{}': {}", printable(text), why));
}

std::string in_lower_case(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char character) {
    return character >= 'A' && character <= 'Z' ? static_cast<char>(character | 0x20) : character;
  });
  return lower;
}

std::uint16_t default_port(std::string_view scheme) { return scheme == "https" ? 443 : 80; }

/// Spaces around it, and nothing else that moves a terminal or ends a header field.
std::string_view trimmed(std::string_view text) {
  if (text.size() > kLongestUrl) throw UrlError(fmt::format("a URL of {} bytes is too long", text.size()));
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  if (std::any_of(text.begin(), text.end(), [](char byte) { return (byte >= 0 && byte < 0x20) || byte == 0x7F; })) {
    refuse(text, "a URL holds no control characters");
  }
  return text;
}

void take_port(HttpUrl& url, std::string_view authority, std::string_view digits) {
  url.port = default_port(url.scheme);
  if (digits.empty()) return;
  const auto port = parse_port(digits);
  if (!port) refuse(authority, "the port is a number from 1 to 65535");
  url.port = *port;
}

/// "[…]": an IPv6 address, with its zone behind %25.
void take_literal(HttpUrl& url, std::string_view inside, std::string_view authority) {
  const std::size_t percent = inside.find('%');
  const auto address = parse_address(inside.substr(0, percent));
  if (!address || inside.find(':') == std::string_view::npos) refuse(authority, "no IPv6 address is between [ and ]");
  url.host = address->host();
  if (percent == std::string_view::npos) return;
  const std::string_view escaped_zone = inside.substr(percent);
  if (!escaped_zone.starts_with("%25")) refuse(authority, "%25 stands before the interface of an IPv6 address");
  if (!address->wants_zone()) refuse(authority, "only a link-local address has an interface");
  url.zone = percent_decoded(escaped_zone.substr(3));
  if (url.zone.empty() || url.zone.size() > kLongestZone ||
      !std::all_of(url.zone.begin(), url.zone.end(), is_unreserved)) {
    refuse(authority, "no interface has such a name");
  }
}

void take_name(HttpUrl& url, std::string_view written, std::string_view authority) {
  const std::string name = percent_decoded(written);
  if (name.empty()) refuse(authority, "a host is missing");
  if (std::any_of(name.begin(), name.end(), [](char byte) { return static_cast<unsigned char>(byte) >= 0x80; })) {
    refuse(name, "not an ASCII host name; write it as the DNS knows it (xn--...)");
  }
  if (!std::all_of(name.begin(), name.end(), is_unreserved))
    refuse(name, "a host name is of letters, digits, '-' and '.'");
  if (name.size() > kLongestName) refuse(name, "a host name has at most 253 characters");
  std::size_t label = 0;
  for (std::size_t at = 0; at <= name.size(); ++at) {
    if (at < name.size() && name[at] != '.') {
      ++label;
      continue;
    }
    // One "." may end a name.
    if (label > kLongestLabel || (label == 0 && (at < name.size() || name.size() == 1))) {
      refuse(name, "each part of a host name has 1 to 63 characters");
    }
    label = 0;
  }
  url.host = in_lower_case(name);
}

void take_authority(HttpUrl& url, std::string_view authority) {
  std::string_view rest = authority;
  if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos) {
    const std::string_view userinfo = rest.substr(0, at);
    // A password must not come into a message.
    rest.remove_prefix(at + 1);
    authority = rest;
    const std::size_t colon = userinfo.find(':');
    Credentials credentials{percent_decoded(userinfo.substr(0, colon)), {}};
    if (colon != std::string_view::npos) credentials.password = percent_decoded(userinfo.substr(colon + 1));
    if (!userinfo.empty()) url.credentials = std::move(credentials);
  }
  if (rest.starts_with('[')) {
    const std::size_t end = rest.find(']');
    if (end == std::string_view::npos) refuse(authority, "] is missing behind an IPv6 address");
    take_literal(url, rest.substr(1, end - 1), authority);
    rest.remove_prefix(end + 1);
    if (!rest.empty() && rest.front() != ':') refuse(authority, "only a port may stand behind an IPv6 address");
    return take_port(url, authority, rest.empty() ? rest : rest.substr(1));
  }
  const std::size_t colon = rest.find(':');
  if (colon != std::string_view::npos && rest.find(':', colon + 1) != std::string_view::npos) {
    refuse(authority, "an IPv6 address stands in [ and ]");
  }
  take_name(url, rest.substr(0, colon), authority);
  take_port(url, authority, colon == std::string_view::npos ? std::string_view() : rest.substr(colon + 1));
}

/// [ and ] may stand in an authority alone.
std::string component(std::string_view text) {
  std::string made;
  for (const char character : with_normal_escapes(text)) {
    if (character == '[' || character == ']' || character == '#') {
      made += percent_encoded({&character, 1});
    } else {
      made += character;
    }
  }
  return made;
}

HttpUrl checked(const Reference& parts) {
  HttpUrl url;
  url.scheme = in_lower_case(parts.scheme.value_or(""));
  if (url.scheme != "http" && url.scheme != "https") {
    throw UrlError(fmt::format("'{}:' is no scheme that can be fetched; http is", printable(url.scheme)));
  }
  if (!parts.authority) throw UrlError(fmt::format("'{}:' wants // and a host behind it", url.scheme));
  take_authority(url, *parts.authority);
  // Decoded escapes may have made dots.
  url.path = without_dot_segments(component(parts.path));
  if (url.path.empty()) url.path = "/";
  if (parts.query) url.query = component(*parts.query);
  return url;
}

}  // namespace

bool HttpUrl::same_origin(const HttpUrl& other) const {
  return scheme == other.scheme && host == other.host && zone == other.zone && port == other.port;
}

std::string HttpUrl::host_header() const {
  std::string text = host.find(':') == std::string::npos ? host : "[" + host + "]";
  if (port != default_port(scheme)) text += fmt::format(":{}", port);
  return text;
}

std::string HttpUrl::host_to_resolve() const { return zone.empty() ? host : host + "%" + zone; }

std::string HttpUrl::origin_form() const { return query ? path + "?" + *query : path; }

std::string HttpUrl::absolute_form() const { return scheme + "://" + host_header() + origin_form(); }

Reference HttpUrl::reference() const { return {scheme, host_header(), path, query, std::nullopt}; }

HttpUrl parse_typed_url(std::string_view text) {
  text = trimmed(text);
  if (text.empty()) throw UrlError("the URL is empty");
  std::string made = made_url_text(text);
  const Reference parts = split_reference(made);
  if (parts.scheme && parts.authority) return checked(parts);
  const std::string scheme = in_lower_case(parts.scheme.value_or(""));
  if (scheme == "http" || scheme == "https") return checked(parts);
  // "h1/a", "h1:8080/a" (whose "scheme" is h1), "//h1/a".
  return checked(split_reference((made.starts_with("//") ? "http:" : "http://") + made));
}

HttpUrl parse_location(const HttpUrl& base, std::string_view text) {
  const Reference parts = split_reference(made_url_text(trimmed(text)));
  HttpUrl url = checked(resolve(base.reference(), parts));
  if (url.credentials) throw UrlError("a server writes no user or password into a URL (RFC 9110, 4.2.4)");
  // The server need not know by which interface it is reached.
  if (url.zone.empty() && url.host == base.host) url.zone = base.zone;
  return url;
}

}  // namespace wireproof::url
