#include "loop/host_clock.hpp"

#include <sys/time.h>
#include <time.h>

#include <cerrno>

#include "loop/clock.hpp"
#include "text/failure.hpp"

namespace wireproof {

void step_host_clock(Time by) {
  const Time time = time_of_day() + by;
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const timespec value{seconds.count(), (time - seconds).count()};
  if (::clock_settime(CLOCK_REALTIME, &value) != 0) fail("set the host's clock", errno);
}

void slew_host_clock(Time by) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(by);
  const timeval value{seconds.count(), std::chrono::duration_cast<std::chrono::microseconds>(by - seconds).count()};
  if (::adjtime(&value, nullptr) != 0) fail("set the host's clock", errno);
}

}  // namespace wireproof
