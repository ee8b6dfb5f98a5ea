#include "net/resolve.hpp"

#include <fmt/format.h>
#include <netdb.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "text/failure.hpp"
#include "text/utf8.hpp"

namespace wireproof {

std::vector<Address> resolve(const std::string& host, std::uint16_t port, int family) {
  addrinfo hints{};
  hints.ai_family = family;
  hints.ai_socktype = SOCK_DGRAM;  // any one type: each address is told once
  addrinfo* list = nullptr;
  const int error = ::getaddrinfo(host.c_str(), nullptr, &hints, &list);
  if (error != 0) {
    throw Failure(fmt::format("find the address of '{}': {}", printable(host),
                              error == EAI_SYSTEM ? std::strerror(errno) : ::gai_strerror(error)));
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(list, &::freeaddrinfo);
  std::vector<Address> found;
  for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
    SocketAddress system;
    std::memcpy(&system.storage, entry->ai_addr, entry->ai_addrlen);
    found.push_back(Address::of(system).with_port(port));
  }
  return found;
}

Address resolve_destination(const std::string& text, std::uint16_t port) {
  std::string host = text;
  std::optional<std::string> digits;
  const std::size_t colon = text.rfind(':');
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string::npos || (end + 1 < text.size() && text[end + 1] != ':')) {
      throw UsageError(fmt::format("'{}': write [address]:port", printable(text)));
    }
    host = text.substr(1, end - 1);
    if (end + 1 < text.size()) digits = text.substr(end + 2);
  } else if (colon != std::string::npos && text.find(':') == colon) {
    host = text.substr(0, colon);
    digits = text.substr(colon + 1);
  }
  const auto chosen = digits ? parse_port(*digits) : port;
  if (!chosen) throw UsageError(fmt::format("'{}': the port is a number from 1 to 65535", printable(text)));
  const Address found = resolve(host, *chosen).front();
  if (!found.is_unicast()) throw UsageError(fmt::format("'{}': not the address of one host", printable(text)));
  return found;
}

}  // namespace wireproof
