#pragma once
// Counts lost and repeated packets by their continuity counters (ISO/IEC 13818-1, 2.4.3.3).

#include <cstdint>
#include <vector>

#include "mpegts/packet.hpp"

namespace wireproof::mpegts {

/// What a packet's continuity counter says about the packets before it on the same PID.
enum class Continuity : std::uint8_t {
  ignored,    ///< null packet, or one marked as damaged: its counter means nothing
  first,      ///< first packet of its PID
  expected,   ///< follows its predecessor
  duplicate,  ///< the one allowed repetition of a packet with payload
  announced,  ///< any value goes: discontinuity_indicator is set
  error,      ///< packets are missing, repeated too often, or out of order
};

/// Follows the counters of all 8,192 PIDs; memory is fixed.
class ContinuityTracker {
 public:
  ContinuityTracker() : pids_(kNullPid) {}

  Continuity add(const Packet& packet);

  std::uint64_t errors() const { return errors_; }
  std::uint64_t duplicates() const { return duplicates_; }
  std::uint64_t announced() const { return announced_; }
  /// Packets missing, modulo 16 at each error: the least that fits the counters.
  std::uint64_t missing_at_least() const { return missing_; }

 private:
  struct State {
    std::uint64_t payload_hash = 0;
    std::uint8_t counter = 0;
    bool seen = false;
    bool may_repeat = false;
  };

  Continuity fail(unsigned missing);

  std::vector<State> pids_;
  std::uint64_t errors_ = 0;
  std::uint64_t duplicates_ = 0;
  std::uint64_t announced_ = 0;
  std::uint64_t missing_ = 0;
};

}  // namespace wireproof::mpegts
