#pragma once
// A node's place in the order that keeps extended trees free of cycles (docs/protocols/hmtp.md, "Order").

#include <compare>
#include <cstdint>
#include <limits>

namespace wireproof::hmtp {

/// Smaller is nearer to the newest root: a newer epoch comes first, then the lesser depth. A child's order is greater
/// than its parent's.
struct Order {
  static constexpr std::uint64_t kLastEpoch = (std::uint64_t{1} << 53) - 1;
  static constexpr std::uint32_t kGreatestDepth = std::numeric_limits<std::uint32_t>::max();

  std::uint64_t epoch = 0;  ///< of the root, from 1 on; 0: below a plain node, which tells no order
  std::uint32_t depth = kGreatestDepth;

  /// The least order a child of this one can have.
  Order below() const { return {epoch, depth == kGreatestDepth ? depth : depth + 1}; }

  friend bool operator==(const Order&, const Order&) = default;
  friend std::strong_ordering operator<=>(const Order& left, const Order& right) {
    if (const auto epochs = right.epoch <=> left.epoch; epochs != 0) return epochs;
    return left.depth <=> right.depth;
  }
};

}  // namespace wireproof::hmtp
