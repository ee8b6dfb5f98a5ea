#pragma once
// The wire's own time: nanoseconds since it started, on a clock that nobody sets.

#include <time.h>

#include "wire/time.hpp"

namespace wireproof::wire {

class Clock {
 public:
  Clock() : start_(read(CLOCK_MONOTONIC)) { synchronise(); }

  nanoseconds now() const { return read(CLOCK_MONOTONIC) - start_; }

  /// Takes the time of day's distance from our own anew, in case somebody set the clock. Both clocks are read within a
  /// few hundred nanoseconds or nothing is taken; what is left makes events seem later, never earlier, than they were.
  void synchronise() {
    for (int attempt = 0; attempt < 3; ++attempt) {
      const nanoseconds before = now();
      const nanoseconds time_of_day = read(CLOCK_REALTIME);
      const nanoseconds after = now();
      if (after - before > std::chrono::microseconds(1) && offset_.count() != 0) continue;
      offset_ = time_of_day - after;
      return;
    }
  }
  /// CLOCK_REALTIME ↔ our own.
  nanoseconds from_time_of_day(nanoseconds time) const { return time - offset_; }
  nanoseconds time_of_day(nanoseconds time) const { return time + offset_; }
  /// CLOCK_MONOTONIC, as timers want it.
  nanoseconds monotonic(nanoseconds time) const { return time + start_; }

 private:
  static nanoseconds read(clockid_t clock) {
    timespec time{};
    ::clock_gettime(clock, &time);
    return std::chrono::seconds(time.tv_sec) + nanoseconds(time.tv_nsec);
  }

  nanoseconds start_;
  nanoseconds offset_{0};
};

}  // namespace wireproof::wire
