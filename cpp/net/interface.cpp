#include "net/interface.hpp"

#include <fmt/format.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include "net/udp_socket.hpp"
#include "text/failure.hpp"
#include "text/utf8.hpp"

namespace wireproof {

namespace {

/// The first interface address for which `wanted` holds, with its interface.
template <typename Wanted>
std::pair<Interface, Address> find_address(const Wanted& wanted) {
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) fail("list the interfaces", errno);
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(list, &::freeifaddrs);
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    const int family = entry->ifa_addr == nullptr ? AF_UNSPEC : entry->ifa_addr->sa_family;
    if (family != AF_INET && family != AF_INET6) continue;
    SocketAddress system;
    std::memcpy(&system.storage, entry->ifa_addr, family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6));
    const Address address = Address::of(system);
    if (wanted(*entry, address)) return {{::if_nametoindex(entry->ifa_name), entry->ifa_name}, address};
  }
  return {};
}

}  // namespace

Interface interface_with(const Address& address) {
  return find_address([&](const ifaddrs&, const Address& its) { return its.address == address.address; }).first;
}

std::optional<Address> loopback_address(const Interface& interface) {
  const auto [found, address] = find_address([&](const ifaddrs& entry, const Address& its) {
    return entry.ifa_name == interface.name && (entry.ifa_flags & IFF_LOOPBACK) != 0 && its.is_v4();
  });
  return found.index != 0 ? std::optional(address) : std::nullopt;
}

Interface find_interface(const std::string& name_or_address) {
  if (const unsigned index = ::if_nametoindex(name_or_address.c_str()); index != 0) return {index, name_or_address};
  const auto address = parse_address(name_or_address);
  if (!address) fail(fmt::format("find the interface '{}'", printable(name_or_address)), ENODEV);
  const Interface found = interface_with(*address);
  if (found.index == 0) fail(fmt::format("find an interface with the address {}", name_or_address), EADDRNOTAVAIL);
  return found;
}

Address source_towards(const Address& destination, int& error) {
  const UdpSocket probe(destination.family());
  // Connecting a UDP socket sends nothing: the kernel looks up the route and chooses the address.
  error = probe.connect(destination);
  return error == 0 ? probe.local().with_port(0) : Address{};
}

}  // namespace wireproof
