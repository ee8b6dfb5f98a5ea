#pragma once
// Network interfaces, as typed on a command line and as the system's routes choose them.

#include <string>

#include "net/address.hpp"

namespace wireproof {

struct Interface {
  unsigned index = 0;  ///< 0: none
  std::string name;
};

/// The interface of this name ("h1-eth0") or with this address. Throws Failure when there is none.
Interface find_interface(const std::string& name_or_address);

/// The interface that has this address, whatever its zone; none when no interface has it.
Interface interface_with(const Address& address);

/// The IPv4 address of a loopback interface: for a group the kernel itself does not choose one whose scope is the host.
std::optional<Address> loopback_address(const Interface& interface);

/// The address that this host sends from when it sends there, with port 0: 0.0.0.0 or :: when the interface has no
/// address of that family. `error` is 0 then, and an errno value when there is no way there.
Address source_towards(const Address& destination, int& error);

}  // namespace wireproof
