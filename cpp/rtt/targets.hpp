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

/// The entries of the files follow the others. `port`: where none is written. Tells what is left out: empty entries, and
/// what stands there twice. Throws Failure for a file that cannot be read, UsageError for an entry that is no
/// address, or when there is none at all.
Targets find_targets(const std::vector<std::string>& entries, const std::vector<std::string>& files,
                     std::uint16_t port);

}  // namespace wireproof::rtt
