#pragma once
// Waiting for a point in time as exactly as an ordinary process can.

#include <chrono>

#include "loop/clock.hpp"
#include "loop/file_descriptor.hpp"
#include "loop/signals.hpp"

namespace wireproof::tv {

/// Sleeps on an absolute timer until shortly before the deadline, then watches the clock: a timer alone, and so the
/// loop of the other programs, is tens of microseconds late. With the sheet's clip (a datagram every 16.5 ms) the
/// watching costs 1.2 % of a core.
class DeadlineWait {
 public:
  static constexpr std::chrono::nanoseconds kWatch = std::chrono::microseconds(200);

  explicit DeadlineWait(const StopSignals& signals);

  /// CLOCK_MONOTONIC.
  static Time now() { return read_clock(CLOCK_MONOTONIC); }

  /// Returns true at `deadline` (on the clock of now()), false as soon as a stop signal has come.
  bool until(std::chrono::nanoseconds deadline);

 private:
  const StopSignals& signals_;
  FileDescriptor timer_;
};

}  // namespace wireproof::tv
