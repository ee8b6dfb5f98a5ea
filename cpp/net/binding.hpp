#pragma once
// Where servers listen: one rule for TCP and UDP.

#include <functional>
#include <string>
#include <string_view>

#include "net/address.hpp"

namespace wireproof {

/// Binds by `bind`, which returns 0 or an errno value: at the numeric `address` (of --address), or, when that is
/// empty, at [::] for IPv4 too, or at 0.0.0.0 where the kernel has no IPv6 or has it switched off. `zone` is of a
/// link-local address that names none. Throws UsageError for an address that is not numeric, Failure "listen on
/// [::]:1234: …", with `protocol` behind the port.
void bind_server(const std::string& address, std::uint16_t port, std::uint32_t zone, std::string_view protocol,
                 const std::function<int(const Address&)>& bind);

}  // namespace wireproof
