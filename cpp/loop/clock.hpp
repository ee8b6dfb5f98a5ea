#pragma once
// The programs' time, on clocks that nobody sets; and the time of day.

#include <time.h>

#include <cstdint>

#include "loop/time.hpp"

namespace wireproof {

/// Time of a system clock.
inline Time read_clock(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return std::chrono::seconds(time.tv_sec) + Time(time.tv_nsec);
}

/// Since it was made. It goes on while the machine sleeps: the peers' timers do, too.
class Clock {
 public:
  Time now() const { return read_clock(CLOCK_BOOTTIME) - start_; }

 private:
  Time start_ = read_clock(CLOCK_BOOTTIME);
};

/// Since 1970.
inline Time time_of_day() { return read_clock(CLOCK_REALTIME); }

}  // namespace wireproof
