#pragma once
// Explicit congestion notification.

#include <cstdint>
#include <span>

namespace wireproof::wire {

/// Sets "congestion experienced" (RFC 3168) in an IP packet whose transport said it is ECN-capable, with IPv4's header
/// checksum adjusted (RFC 1624). False, with nothing changed, for all others; true also for one that is marked already.
bool mark_congestion(std::span<std::uint8_t> frame);

}  // namespace wireproof::wire
