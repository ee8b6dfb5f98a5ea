#include "base/stop_signals.hpp"

#include <poll.h>
#include <sys/signalfd.h>

#include <cerrno>

#include "base/program.hpp"

namespace wireproof {

StopSignals::StopSignals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  if (::sigprocmask(SIG_BLOCK, &set, nullptr) != 0) fail("hold back SIGINT and SIGTERM", errno);
  descriptor_ = FileDescriptor(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!descriptor_.is_open()) fail("open a signal descriptor", errno);
}

bool StopSignals::arrived() const {
  pollfd waiting{descriptor_.get(), POLLIN, 0};
  return ::poll(&waiting, 1, 0) > 0;
}

int StopSignals::take() const {
  signalfd_siginfo facts{};
  return ::read(descriptor_.get(), &facts, sizeof facts) == sizeof facts ? static_cast<int>(facts.ssi_signo) : 0;
}

}  // namespace wireproof
