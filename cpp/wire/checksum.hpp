#pragma once
// Checksums that a sender left to hardware.

#include <cstdint>
#include <span>

namespace wireproof::wire {

/// Completes the TCP or UDP checksum of an IP packet whose checksum field holds the sum of the pseudo-header only, as
/// Linux leaves it with transmit offload on. A real line would carry it complete. Other frames stay as they are.
void complete_checksum(std::span<std::uint8_t> frame);

}  // namespace wireproof::wire
