#include "net/binding.hpp"

#include <fmt/format.h>

#include <cerrno>

#include "text/failure.hpp"
#include "text/utf8.hpp"

namespace wireproof {

void bind_server(const std::string& address, std::uint16_t port, std::uint32_t zone, std::string_view protocol,
                 const std::function<int(const Address&)>& bind) {
  const auto given = parse_address(address);
  if (!given && !address.empty()) {
    throw UsageError(fmt::format("--address {}: not a numeric IPv4 or IPv6 address", printable(address)));
  }
  Address local = given.value_or(Address::any(AF_INET6, 0)).with_port(port).in_zone(zone);
  int error = bind(local);
  if (!given && (error == EAFNOSUPPORT || error == EADDRNOTAVAIL)) {
    local = Address::any(AF_INET, port);
    error = bind(local);
  }
  if (error != 0) fail(fmt::format("listen on {}{}", name_of(local), protocol), error);
}

}  // namespace wireproof
