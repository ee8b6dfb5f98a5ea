#pragma once
// A program clock reference made into a clock that never wraps.

#include <cstdint>
#include <optional>

#include "mpegts/packet.hpp"

namespace wireproof::mpegts {

/// Seconds in PCR units.
inline double pcr_seconds(std::int64_t ticks) { return static_cast<double>(ticks) / kPcrFrequency; }

/// Adds up the steps between the PCRs of one program, so that any number of wraps does no harm.
/// A step backwards, one longer than `max_step`, or an announced discontinuity starts a new time base: it adds nothing.
class PcrClock {
 public:
  static constexpr std::uint64_t kDefaultMaxStep = 60 * kPcrFrequency;

  explicit PcrClock(std::uint64_t max_step = kDefaultMaxStep) : max_step_(max_step) {}

  /// Time since the previous PCR in 27 MHz units; nothing for the first one and at a new time base.
  std::optional<std::uint64_t> add(std::uint64_t pcr, bool discontinuity = false);

  /// Sum of all steps, in 27 MHz units.
  std::uint64_t elapsed() const { return elapsed_; }
  /// New time bases met after the first.
  std::uint64_t discontinuities() const { return discontinuities_; }

 private:
  std::uint64_t max_step_;
  std::optional<std::uint64_t> last_;
  std::uint64_t elapsed_ = 0;
  std::uint64_t discontinuities_ = 0;
};

/// Chooses the PID whose PCRs are followed: the first seen, and another one only after `kPatience` PCRs
/// elsewhere without one of its own (the sender was started again with another stream).
class PcrPidSelector {
 public:
  static constexpr unsigned kPatience = 16;

  /// Whether this packet's PCR is one to follow.
  bool follows(const Packet& packet);

  std::optional<std::uint16_t> pid() const { return pid_; }

 private:
  std::optional<std::uint16_t> pid_;
  unsigned elsewhere_ = 0;
};

}  // namespace wireproof::mpegts
