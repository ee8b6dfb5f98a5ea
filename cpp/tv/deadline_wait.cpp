#include "tv/deadline_wait.hpp"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/timerfd.h>

#include <cerrno>

#include "command_line/program.hpp"

namespace wireproof::tv {

using std::chrono::nanoseconds;

DeadlineWait::DeadlineWait(const StopSignals& signals)
    : signals_(signals), timer_(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)) {
  if (!timer_.is_open()) fail("open a timer", errno);
  // The kernel may otherwise put off a wake-up by 50 µs to join it with others.
  if (::prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL) != 0) fail("set the timer slack", errno);
}

bool DeadlineWait::until(nanoseconds deadline) {
  while (deadline - now() > kWatch) {
    const nanoseconds wake = deadline - kWatch;
    itimerspec setting{};
    setting.it_value.tv_sec = static_cast<time_t>(wake.count() / 1'000'000'000);
    setting.it_value.tv_nsec = static_cast<long>(wake.count() % 1'000'000'000);
    if (::timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &setting, nullptr) != 0) fail("set a timer", errno);
    pollfd waiting[] = {{timer_.get(), POLLIN, 0}, {signals_.descriptor(), POLLIN, 0}};
    if (::poll(waiting, 2, -1) < 0 && errno != EINTR) fail("wait for a timer", errno);
    if (waiting[1].revents != 0) return false;
  }
  while (now() < deadline) {
  }
  return true;
}

}  // namespace wireproof::tv
