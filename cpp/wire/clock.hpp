#pragma once
// The wire's own time: nanoseconds since it started, on a clock that nobody sets.

#include <time.h>

#include "wire/time.hpp"

namespace wireproof::wire {

class Clock {
 public:
  Clock() : start_(read(CLOCK_MONOTONIC)) { synchronise(); }

  nanoseconds now() const { return read(CLOCK_MONOTONIC) - start_; }

  /// Takes the time of day's distance from our own anew; it changes when somebody sets the clock.
  void synchronise() { offset_ = read(CLOCK_REALTIME) - now(); }
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
