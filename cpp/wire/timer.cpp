#include "wire/timer.hpp"

#include <sys/prctl.h>
#include <sys/timerfd.h>

#include <algorithm>
#include <cerrno>

#include "command_line/program.hpp"

namespace wireproof::wire {

Timer::Timer() : descriptor_(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)) {
  if (!descriptor_.is_open()) fail("open a timer", errno);
  // The kernel may otherwise put off a wake-up by 50 µs to join it with others.
  if (::prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL) != 0) fail("set the timer slack", errno);
}

void Timer::set(nanoseconds monotonic) {
  if (monotonic == armed_) return;
  const nanoseconds time = std::max(monotonic, nanoseconds(1));  // 0 would stop it
  itimerspec setting{};
  setting.it_value.tv_sec = static_cast<time_t>(time.count() / 1'000'000'000);
  setting.it_value.tv_nsec = static_cast<long>(time.count() % 1'000'000'000);
  if (::timerfd_settime(descriptor_.get(), TFD_TIMER_ABSTIME, &setting, nullptr) != 0) fail("set a timer", errno);
  armed_ = monotonic;
}

}  // namespace wireproof::wire
