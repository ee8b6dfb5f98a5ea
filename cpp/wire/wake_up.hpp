#pragma once
// How much before a deadline to ask for a wake-up.

#include <algorithm>

#include "wire/time.hpp"

namespace wireproof::wire {

/// A timer wakes a process some tens of microseconds late. This follows what four of five wake-ups exceed, so that
/// asking that much earlier comes closest to the deadline, and what remains to be waited for is rarely more than a few
/// microseconds.
class WakeUp {
 public:
  static constexpr nanoseconds kMost = std::chrono::microseconds(60);

  nanoseconds lead() const { return lead_; }

  /// A wake-up came that much after the time it was asked for.
  void came(nanoseconds late) {
    const nanoseconds change = late < lead_ ? -4 * kStep : kStep;
    lead_ = std::clamp(lead_ + change, nanoseconds(0), kMost);
  }

 private:
  static constexpr nanoseconds kStep{250};

  nanoseconds lead_{0};
};

}  // namespace wireproof::wire
