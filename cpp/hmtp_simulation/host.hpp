#pragma once
// The hosts of a simulated group: number 0 is the rendezvous point, the nodes count from 1.

#include <cstdint>
#include <optional>
#include <string>

#include "bytes/big_endian.hpp"
#include "hmtp/endpoint.hpp"
#include "hmtp/message.hpp"
#include "random/random.hpp"
#include "simulation/network.hpp"

namespace wireproof::hmtp::simulation {

using wireproof::simulation::Host;

constexpr Host kRendezvous = 0;

constexpr std::uint32_t kFirstAddress = 0x0A000001;  // 10.0.0.1

inline Endpoint endpoint_of(Host host) { return Endpoint::v4(kFirstAddress + host, kMulticastPort); }

/// Nothing when no host can have this endpoint.
inline std::optional<Host> host_of(const Endpoint& endpoint) {
  if (!endpoint.is_v4() || endpoint.port != kMulticastPort) return std::nullopt;
  const auto address = read_number<std::uint32_t>(endpoint.address, 12);
  if (address < kFirstAddress || address - kFirstAddress > 0xFFFF) return std::nullopt;
  return static_cast<Host>(address - kFirstAddress);
}

inline std::string name_of(Host host) { return host == kRendezvous ? "rp" : "n" + std::to_string(host); }

}  // namespace wireproof::hmtp::simulation
