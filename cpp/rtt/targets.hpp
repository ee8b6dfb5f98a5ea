#pragma once
// The addresses that are to be probed, from the command line and from files.

#include <cstdint>
#include <string>
#include <vector>

#include "net/address.hpp"

namespace wireproof::rtt {

struct Target {
  std::string name;  ///< as it was written
  Address address;
};

struct Targets {
  std::vector<Target> targets;   ///< each address and port once
  std::uint64_t unresolved = 0;  ///< names that were not found; each has been told
};

inline constexpr std::size_t kMostTargets = 100'000;

/// The entries of `file`, where there is one, follow the others. `port`: where none is written. Tells what is left out:
/// empty entries, and what stands there twice. Throws Failure when it cannot be read, UsageError for an entry that is
/// no address, or when there is none at all.
Targets find_targets(const std::vector<std::string>& entries, const std::string& file, std::uint16_t port);

}  // namespace wireproof::rtt
