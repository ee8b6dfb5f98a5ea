#include "mpegts/continuity.hpp"

#include <string_view>

namespace wireproof::mpegts {
namespace {

/// Tells a true duplicate (same payload; only its PCR may differ) from a packet 16 later, whose counter is the same.
std::uint64_t hash(Bytes payload) {
  return std::hash<std::string_view>{}({reinterpret_cast<const char*>(payload.data()), payload.size()});
}

}  // namespace

Continuity ContinuityTracker::fail(unsigned missing) {
  ++errors_;
  missing_ += missing;
  return Continuity::error;
}

Continuity ContinuityTracker::add(const Packet& packet) {
  if (packet.is_null() || packet.transport_error) return Continuity::ignored;
  State& state = pids_[packet.pid];
  const State before = state;
  const std::uint8_t counter = packet.continuity_counter;
  state.counter = counter;
  state.seen = true;
  state.may_repeat = packet.has_payload;
  state.payload_hash = packet.has_payload ? hash(packet.payload) : 0;
  if (!before.seen) return Continuity::first;
  if (packet.discontinuity) {
    ++announced_;
    return Continuity::announced;
  }
  if (!packet.has_payload) {
    // The counter stands still without a payload.
    return counter == before.counter ? Continuity::expected : fail((counter - before.counter) & 15U);
  }
  if (counter == ((before.counter + 1U) & 15U)) return Continuity::expected;
  if (counter == before.counter && before.may_repeat && state.payload_hash == before.payload_hash) {
    state.may_repeat = false;
    ++duplicates_;
    return Continuity::duplicate;
  }
  return fail((counter - before.counter - 1U) & 15U);
}

}  // namespace wireproof::mpegts
