#pragma once
// The hosts of a simulated group: number 0 is the rendezvous point, the nodes count from 1.

#include <cstdint>
#include <optional>
#include <string>

#include "hmtp/endpoint.hpp"
#include "hmtp/message.hpp"

namespace wireproof::hmtp::simulation {

using Host = std::uint16_t;

constexpr Host kRendezvous = 0;

constexpr std::uint32_t kFirstAddress = 0x0A000001;  // 10.0.0.1

inline Endpoint endpoint_of(Host host) { return Endpoint::v4(kFirstAddress + host, kMulticastPort); }

/// Nothing when no host can have this endpoint.
inline std::optional<Host> host_of(const Endpoint& endpoint) {
  if (!endpoint.is_v4() || endpoint.port != kMulticastPort) return std::nullopt;
  std::uint32_t address = 0;
  for (std::size_t i = 12; i < 16; ++i) address = address << 8 | endpoint.address[i];
  if (address < kFirstAddress || address - kFirstAddress > 0xFFFF) return std::nullopt;
  return static_cast<Host>(address - kFirstAddress);
}

inline std::string name_of(Host host) { return host == kRendezvous ? "rp" : "n" + std::to_string(host); }

/// One number out of several, the same every time; its bits are as good as random.
inline std::uint64_t mixed(std::uint64_t a, std::uint64_t b, std::uint64_t c = 0) {
  std::uint64_t value = a;
  for (const std::uint64_t more : {b, c}) {
    value += 0x9E3779B97F4A7C15U + more * 0xD1342543DE82EF95U;
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9U;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EBU;
    value ^= value >> 31;
  }
  return value;
}

}  // namespace wireproof::hmtp::simulation
