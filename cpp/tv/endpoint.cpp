#include "tv/endpoint.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "base/name_lookup.hpp"
#include "base/program.hpp"

namespace wireproof::tv {
namespace {

const sockaddr_in& v4(const Endpoint& endpoint) { return reinterpret_cast<const sockaddr_in&>(endpoint.storage); }
const sockaddr_in6& v6(const Endpoint& endpoint) { return reinterpret_cast<const sockaddr_in6&>(endpoint.storage); }

bool same_address(const sockaddr* left, const Endpoint& right) {
  if (left == nullptr || left->sa_family != right.family()) return false;
  if (left->sa_family == AF_INET) {
    return reinterpret_cast<const sockaddr_in*>(left)->sin_addr.s_addr == v4(right).sin_addr.s_addr;
  }
  return std::memcmp(&reinterpret_cast<const sockaddr_in6*>(left)->sin6_addr, &v6(right).sin6_addr, sizeof(in6_addr)) ==
         0;
}

}  // namespace

bool Endpoint::is_multicast() const {
  return family() == AF_INET ? IN_MULTICAST(ntohl(v4(*this).sin_addr.s_addr))
                             : IN6_IS_ADDR_MULTICAST(&v6(*this).sin6_addr) != 0;
}

void Endpoint::set_port(std::uint16_t port) {
  // sin_port and sin6_port stand at the same place.
  reinterpret_cast<sockaddr_in&>(storage).sin_port = htons(port);
}

std::string Endpoint::host() const {
  char text[NI_MAXHOST];
  if (::getnameinfo(address(), length, text, sizeof text, nullptr, 0, NI_NUMERICHOST) != 0) return "?";
  return text;
}

std::string Endpoint::text() const {
  const unsigned port = ntohs(v4(*this).sin_port);
  return family() == AF_INET ? fmt::format("{}:{}", host(), port) : fmt::format("[{}]:{}", host(), port);
}

std::vector<Endpoint> resolve(const std::string& host, std::uint16_t port, int family) {
  const FoundAddresses found = look_up(host, family);
  std::vector<Endpoint> endpoints;
  for (const addrinfo* entry = found.get(); entry != nullptr; entry = entry->ai_next) {
    Endpoint endpoint;
    std::memcpy(&endpoint.storage, entry->ai_addr, entry->ai_addrlen);
    endpoint.length = entry->ai_addrlen;
    endpoint.set_port(port);
    endpoints.push_back(endpoint);
  }
  return endpoints;
}

Interface find_interface(const std::string& name_or_address) {
  if (const unsigned index = ::if_nametoindex(name_or_address.c_str()); index != 0) return {index, name_or_address};
  Endpoint wanted;
  in_addr address4{};
  in6_addr address6{};
  if (::inet_pton(AF_INET, name_or_address.c_str(), &address4) == 1) {
    wanted.storage.ss_family = AF_INET;
    reinterpret_cast<sockaddr_in&>(wanted.storage).sin_addr = address4;
  } else if (::inet_pton(AF_INET6, name_or_address.c_str(), &address6) == 1) {
    wanted.storage.ss_family = AF_INET6;
    reinterpret_cast<sockaddr_in6&>(wanted.storage).sin6_addr = address6;
  } else {
    fail(fmt::format("find the interface '{}'", printable(name_or_address)), ENODEV);
  }
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) fail("list the interfaces", errno);
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(list, &::freeifaddrs);
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    if (same_address(entry->ifa_addr, wanted)) return {::if_nametoindex(entry->ifa_name), entry->ifa_name};
  }
  fail(fmt::format("find an interface with the address {}", name_or_address), EADDRNOTAVAIL);
}

}  // namespace wireproof::tv
