#pragma once
// Where servers listen: one rule for TCP and UDP.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <system_error>

#include "net/address.hpp"
#include "text/failure.hpp"

namespace wireproof {

/// Binds by `bind`, which returns 0 or an errno value: at the numeric `address` (of --address), or, when that is
/// empty, at [::] for IPv4 too, or at 0.0.0.0 where the kernel has no IPv6 or has it switched off. `zone` is of a
/// link-local address that names none. Throws UsageError for an address that is not numeric, Failure "listen on
/// [::]:1234: …", with `protocol` behind the port.
void bind_server(const std::string& address, std::uint16_t port, std::uint32_t zone, std::string_view protocol,
                 const std::function<int(const Address&)>& bind);

/// Sockets of several protocols or families on one port, which `open` opens, the first of them at `port`. When that
/// is 0, the kernel chooses for the first, and what it chose may be taken for another, by any connection of this host
/// too: then all are opened anew, up to 16 times. Throws what `open` throws.
template <typename Open>
auto open_on_one_port(std::uint16_t port, Open open) {
  for (int left = port == 0 ? 15 : 0; left > 0; --left) {
    try {
      return open();
    } catch (const Failure& failure) {
      if (failure.error() != std::errc::address_in_use) throw;
    }
  }
  return open();
}

}  // namespace wireproof
