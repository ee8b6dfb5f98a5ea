#pragma once
// The programs' time: since they started, on a clock that nobody sets.

#include <time.h>

#include <cstdint>

#include "hmtp/time.hpp"

namespace wireproof::hmtp {

class Clock {
 public:
  Clock() : start_(read(CLOCK_BOOTTIME)) {}

  /// Goes on while the machine sleeps: the peers' timers do, too.
  Time now() const { return read(CLOCK_BOOTTIME) - start_; }
  /// Seconds since 1970.
  static std::uint64_t time_of_day() {
    return static_cast<std::uint64_t>(std::chrono::duration_cast<seconds>(read(CLOCK_REALTIME)).count());
  }

 private:
  static Time read(clockid_t clock) {
    timespec time{};
    ::clock_gettime(clock, &time);
    return seconds(time.tv_sec) + Time(time.tv_nsec);
  }

  Time start_;
};

/// Milliseconds for poll(2) until `deadline`, rounded up; -1 for kNever.
inline int poll_timeout(Time now, Time deadline) {
  if (deadline == kNever) return -1;
  if (deadline <= now) return 0;
  const Time::rep milliseconds_left = (deadline - now).count() / 1'000'000 + 1;
  return static_cast<int>(milliseconds_left < 3'600'000 ? milliseconds_left : 3'600'000);
}

/// From an option in seconds.
inline Time time_of(double seconds_given) { return Time(static_cast<Time::rep>(seconds_given * 1e9)); }

}  // namespace wireproof::hmtp
