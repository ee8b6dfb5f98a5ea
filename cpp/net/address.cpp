#include "net/address.hpp"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace wireproof {
namespace {

constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

template <typename Number>
std::optional<Number> number_in(std::string_view text) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && number != 0 ? std::optional(number) : std::nullopt;
}

std::uint32_t zone_named(const std::string& name) {
  const unsigned index = ::if_nametoindex(name.c_str());
  return index != 0 ? index : number_in<std::uint32_t>(name).value_or(0);
}

std::string zone_name(std::uint32_t zone) {
  std::array<char, IF_NAMESIZE> name;
  return ::if_indextoname(zone, name.data()) != nullptr ? name.data() : std::to_string(zone);
}

}  // namespace

Address Address::v4(std::uint32_t address, std::uint16_t port) {
  Address result;
  std::copy(kMapped.begin(), kMapped.end(), result.address.begin());
  for (std::size_t i = 0; i < 4; ++i) result.address[12 + i] = static_cast<std::uint8_t>(address >> (24 - 8 * i));
  result.port = port;
  return result;
}

Address Address::any(int family, std::uint16_t port) {
  return family == AF_INET ? v4(INADDR_ANY, port) : Address{{}, port, 0};
}

Address Address::of(const SocketAddress& address) {
  if (address.storage.ss_family == AF_INET) {
    const auto& four = reinterpret_cast<const sockaddr_in&>(address.storage);
    return v4(ntohl(four.sin_addr.s_addr), ntohs(four.sin_port));
  }
  const auto& six = reinterpret_cast<const sockaddr_in6&>(address.storage);
  Address result{{}, ntohs(six.sin6_port), six.sin6_scope_id};
  std::memcpy(result.address.data(), &six.sin6_addr, result.address.size());
  return result;
}

SocketAddress Address::for_socket(int family) const {
  SocketAddress result;
  if (family == AF_INET) {
    auto& four = reinterpret_cast<sockaddr_in&>(result.storage);
    four.sin_family = AF_INET;
    four.sin_port = htons(port);
    std::memcpy(&four.sin_addr, address.data() + 12, sizeof four.sin_addr);
    result.length = sizeof four;
  } else {
    auto& six = reinterpret_cast<sockaddr_in6&>(result.storage);
    six.sin6_family = AF_INET6;
    six.sin6_port = htons(port);
    six.sin6_scope_id = zone;
    std::memcpy(&six.sin6_addr, address.data(), address.size());
    result.length = sizeof six;
  }
  return result;
}

bool Address::is_v4() const { return std::equal(kMapped.begin(), kMapped.end(), address.begin()); }

bool Address::is_unspecified() const { return same_host(any(family(), 0)); }

bool Address::is_loopback() const {
  return is_v4() ? address[12] == 127 : std::equal(address.begin(), address.end(), in6addr_loopback.s6_addr);
}

bool Address::is_multicast() const { return is_v4() ? address[12] >> 4 == 0xE : address[0] == 0xFF; }

bool Address::is_unicast() const {
  return is_v4() ? address[12] != 0 && address[12] < 224 : !is_multicast() && !is_unspecified();
}

bool Address::wants_zone() const {
  const int scope = address[1] & 0x0F;
  return (address[0] == 0xFE && (address[1] & 0xC0) == 0x80) || (address[0] == 0xFF && (scope == 1 || scope == 2));
}

Address Address::in_zone(std::uint32_t interface) const {
  return wants_zone() && zone == 0 ? Address{address, port, interface} : *this;
}

std::string Address::host() const {
  std::array<char, INET6_ADDRSTRLEN> text;
  if (is_v4()) return ::inet_ntop(AF_INET, address.data() + 12, text.data(), text.size());
  std::string shown = ::inet_ntop(AF_INET6, address.data(), text.data(), text.size());
  return zone == 0 ? shown : shown + '%' + zone_name(zone);
}

std::string name_of(const Address& address) {
  const std::string port = std::to_string(address.port);
  return address.is_v4() ? address.host() + ':' + port : '[' + address.host() + "]:" + port;
}

std::optional<Address> parse_address(std::string_view text) {
  const std::size_t percent = text.find('%');
  const std::string number(text.substr(0, percent));
  if (number.find('\0') != std::string::npos) return std::nullopt;
  in_addr four{};
  if (::inet_pton(AF_INET, number.c_str(), &four) == 1) {
    return percent == std::string_view::npos ? std::optional(Address::v4(ntohl(four.s_addr), 0)) : std::nullopt;
  }
  Address six;
  if (::inet_pton(AF_INET6, number.c_str(), six.address.data()) != 1) return std::nullopt;
  if (percent == std::string_view::npos) return six;
  six.zone = zone_named(std::string(text.substr(percent + 1)));
  return six.zone != 0 ? std::optional(six) : std::nullopt;
}

std::optional<std::uint16_t> parse_port(std::string_view text) { return number_in<std::uint16_t>(text); }

}  // namespace wireproof
