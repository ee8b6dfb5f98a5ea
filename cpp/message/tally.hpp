#pragma once
// What a server counts.

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/json_object.hpp"

namespace wireproof::message {

/// Atomic and without pointers, so that processes can count together in shared memory.
struct Tally {
  using Count = std::atomic<std::uint64_t>;
  static_assert(Count::is_always_lock_free);

  Count clients{0};
  Count received{0};   ///< messages, the truncated ones among them
  Count truncated{0};  ///< messages of which the end is lost
  Count bytes{0};      ///< received, ends of lines included
};

/// The counts as JSON members: protocol, clients, received, delivered (whole), truncated, bytes.
JsonObject counts_json(const Tally& tally, std::string_view protocol);

/// "received 12 messages (340 bytes, 2 of the messages truncated) from 3 clients".
std::string counts_sentence(const Tally& tally);

}  // namespace wireproof::message
