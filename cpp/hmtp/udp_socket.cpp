#include "hmtp/udp_socket.hpp"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "base/name_lookup.hpp"
#include "base/program.hpp"

namespace wireproof::hmtp {
namespace {

/// Longer than any UDP payload.
constexpr std::size_t kBufferSize = 65536;

struct SystemAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;

  const sockaddr* address() const { return reinterpret_cast<const sockaddr*>(&storage); }
  sockaddr* address() { return reinterpret_cast<sockaddr*>(&storage); }
  sockaddr_in& four() { return reinterpret_cast<sockaddr_in&>(storage); }
  sockaddr_in6& six() { return reinterpret_cast<sockaddr_in6&>(storage); }
};

bool is_link_local(const Endpoint& endpoint) {
  return endpoint.address[0] == 0xFE && (endpoint.address[1] & 0xC0) == 0x80;
}

/// Of a socket of `family`; an IPv6 socket knows IPv4 addresses as mapped ones.
SystemAddress system_address(const Endpoint& endpoint, int family, Zone zone) {
  SystemAddress result;
  if (family == AF_INET) {
    result.length = sizeof(sockaddr_in);
    result.four().sin_family = AF_INET;
    result.four().sin_port = htons(endpoint.port);
    std::memcpy(&result.four().sin_addr, endpoint.address.data() + 12, 4);
  } else {
    result.length = sizeof(sockaddr_in6);
    result.six().sin6_family = AF_INET6;
    result.six().sin6_port = htons(endpoint.port);
    std::memcpy(&result.six().sin6_addr, endpoint.address.data(), 16);
    if (is_link_local(endpoint)) result.six().sin6_scope_id = zone.index;
  }
  return result;
}

Endpoint endpoint_of(SystemAddress& system) {
  if (system.storage.ss_family == AF_INET) {
    return Endpoint::v4(ntohl(system.four().sin_addr.s_addr), ntohs(system.four().sin_port));
  }
  Endpoint endpoint;
  std::memcpy(endpoint.address.data(), &system.six().sin6_addr, 16);
  endpoint.port = ntohs(system.six().sin6_port);
  return endpoint;
}

}  // namespace

UdpSocket::UdpSocket(const std::string& address, std::uint16_t port, Zone zone) : zone_(zone), buffer_(kBufferSize) {
  int error = 0;
  if (address.empty()) {
    open(AF_INET6, "::", port, error);
    // No IPv6 in this kernel, or switched off.
    if (error == EAFNOSUPPORT || error == EADDRNOTAVAIL) open(AF_INET, "0.0.0.0", port, error);
  } else {
    in_addr four{};
    in6_addr six{};
    const bool is_four = ::inet_pton(AF_INET, address.c_str(), &four) == 1;
    if (!is_four && ::inet_pton(AF_INET6, address.c_str(), &six) != 1) {
      throw UsageError(fmt::format("'{}': not a numeric IPv4 or IPv6 address", printable(address)));
    }
    open(is_four ? AF_INET : AF_INET6, address, port, error);
  }
  if (error != 0) {
    const bool six = address.empty() || address.find(':') != std::string::npos;
    fail(fmt::format("listen on {}:{} (udp)", six ? fmt::format("[{}]", address.empty() ? "::" : address) : address,
                     port),
         error);
  }
}

void UdpSocket::open(int family, const std::string& address, std::uint16_t port, int& error) {
  descriptor_ = FileDescriptor(::socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  SystemAddress local;
  local.storage.ss_family = static_cast<sa_family_t>(family);
  local.length = family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
  if (family == AF_INET) {
    ::inet_pton(AF_INET, address.c_str(), &local.four().sin_addr);
    local.four().sin_port = htons(port);
  } else {
    ::inet_pton(AF_INET6, address.c_str(), &local.six().sin6_addr);
    local.six().sin6_port = htons(port);
    if (IN6_IS_ADDR_LINKLOCAL(&local.six().sin6_addr)) local.six().sin6_scope_id = zone_.index;
  }
  family_ = family;
  const int off = 0;
  error = 0;
  if (!descriptor_.is_open() ||
      (family == AF_INET6 && ::setsockopt(descriptor_.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) != 0) ||
      ::bind(descriptor_.get(), local.address(), local.length) != 0 ||
      ::getsockname(descriptor_.get(), local.address(), &local.length) != 0) {
    error = errno;
    return;
  }
  port_ = endpoint_of(local).port;
}

std::string UdpSocket::name() const {
  SystemAddress local;
  local.length = sizeof local.storage;
  if (::getsockname(descriptor_.get(), local.address(), &local.length) != 0) return "?";
  return name_of(endpoint_of(local));
}

std::optional<UdpSocket::Received> UdpSocket::receive() {
  for (;;) {
    SystemAddress from;
    from.length = sizeof from.storage;
    const ssize_t length =
        ::recvfrom(descriptor_.get(), buffer_.data(), buffer_.size(), 0, from.address(), &from.length);
    if (length >= 0) return Received{endpoint_of(from), {buffer_.data(), static_cast<std::size_t>(length)}};
    if (errno == EAGAIN) return std::nullopt;
    if (errno != EINTR) fail(fmt::format("receive at {}", name()), errno);
  }
}

int UdpSocket::send(const Endpoint& to, std::string_view bytes) {
  if (family_ == AF_INET && !to.is_v4()) return EAFNOSUPPORT;
  const SystemAddress system = system_address(to, family_, zone_);
  while (::sendto(descriptor_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT, system.address(), system.length) < 0) {
    if (errno != EINTR) return errno;
  }
  return 0;
}

Destination find_destination(const std::string& text, std::uint16_t default_port) {
  std::string host = text;
  std::string port;
  const std::size_t colon = text.rfind(':');
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string::npos || (end + 1 < text.size() && text[end + 1] != ':')) {
      throw UsageError(fmt::format("'{}': write [address]:port", printable(text)));
    }
    host = text.substr(1, end - 1);
    if (end + 1 < text.size()) port = text.substr(end + 2);
    if (end + 2 == text.size()) port = "?";
  } else if (colon != std::string::npos && text.find(':') == colon) {
    host = text.substr(0, colon);
    port = text.substr(colon + 1);
    if (port.empty()) port = "?";
  }
  std::uint16_t number = default_port;
  if (!port.empty()) {
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
    if (error != std::errc() || end != port.data() + port.size() || number == 0) {
      throw UsageError(fmt::format("'{}': the port is a number from 1 to 65535", printable(text)));
    }
  }
  const FoundAddresses found = look_up(host);
  SystemAddress system;
  std::memcpy(&system.storage, found->ai_addr, found->ai_addrlen);
  Destination destination{endpoint_of(system), {}};
  destination.endpoint.port = number;
  if (system.storage.ss_family == AF_INET6) destination.zone.index = system.six().sin6_scope_id;
  if (!destination.endpoint.is_unicast()) {
    throw UsageError(fmt::format("'{}': not the address of one host", printable(text)));
  }
  return destination;
}

Zone zone_of(const std::string& interface) {
  const unsigned index = ::if_nametoindex(interface.c_str());
  if (index == 0) fail(fmt::format("find the interface '{}'", printable(interface)), errno);
  return {index};
}

Endpoint source_towards(const Destination& destination, std::uint16_t port) {
  const int family = destination.endpoint.is_v4() ? AF_INET : AF_INET6;
  const FileDescriptor probe(::socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  SystemAddress system = system_address(destination.endpoint, family, destination.zone);
  // Connecting a UDP socket sends nothing: the kernel looks up the route and chooses the address.
  if (::connect(probe.get(), system.address(), system.length) != 0) return {};
  system.length = sizeof system.storage;
  if (::getsockname(probe.get(), system.address(), &system.length) != 0) return {};
  Endpoint source = endpoint_of(system);
  source.port = port;
  return source;
}

Endpoint numeric_endpoint(const std::string& address, std::uint16_t port) {
  return parse_endpoint(fmt::format("{} {}", address, port)).value_or(Endpoint{});
}

}  // namespace wireproof::hmtp
