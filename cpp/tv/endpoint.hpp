#pragma once
// Addresses and interfaces as typed on the command line.

#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <vector>

namespace wireproof::tv {

/// An IPv4 or IPv6 address with a UDP port, in the system's form.
struct Endpoint {
  sockaddr_storage storage{};
  socklen_t length = 0;

  const sockaddr* address() const { return reinterpret_cast<const sockaddr*>(&storage); }
  int family() const { return storage.ss_family; }
  bool is_multicast() const;
  void set_port(std::uint16_t port);
  /// "10.0.0.1", "fe80::1%h1-eth0".
  std::string host() const;
  /// "10.0.0.1:5000", "[::1]:5000".
  std::string text() const;
};

/// All addresses of `host` (a name or an address), in the system's order of preference. `family` is AF_INET, AF_INET6,
/// or AF_UNSPEC. Throws Failure naming the host and what the resolver said.
std::vector<Endpoint> resolve(const std::string& host, std::uint16_t port, int family = AF_UNSPEC);

/// A network interface named by its name ("h1-eth0") or by one of its addresses.
struct Interface {
  unsigned index = 0;
  std::string name;
};

/// Throws Failure when there is no such interface.
Interface find_interface(const std::string& name_or_address);

}  // namespace wireproof::tv
