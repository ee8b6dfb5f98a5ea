#include "loop/signals.hpp"

#include <poll.h>
#include <string.h>
#include <sys/signalfd.h>

#include <cerrno>

#include "text/failure.hpp"

namespace wireproof {

namespace {

sigset_t set_of(std::initializer_list<int> numbers) {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : numbers) sigaddset(&set, number);
  return set;
}

}  // namespace

void hold_back(std::initializer_list<int> numbers) noexcept {
  const sigset_t set = set_of(numbers);
  ::sigprocmask(SIG_BLOCK, &set, nullptr);  // fails for a wrong first argument only
}

Signals::Signals(std::initializer_list<int> numbers) {
  hold_back(numbers);
  const sigset_t set = set_of(numbers);
  descriptor_ = FileDescriptor(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!descriptor_.is_open()) fail("open a signal descriptor", errno);
}

bool Signals::arrive_within(std::chrono::milliseconds patience) const {
  pollfd waiting{descriptor_.get(), POLLIN, 0};
  return ::poll(&waiting, 1, static_cast<int>(patience.count())) > 0;
}

int Signals::take() const {
  signalfd_siginfo facts{};
  return ::read(descriptor_.get(), &facts, sizeof facts) == sizeof facts ? static_cast<int>(facts.ssi_signo) : 0;
}

std::string signal_name(int number) {
  const char* const name = ::sigabbrev_np(number);
  return name == nullptr ? "SIG?" : std::string("SIG") + name;
}

}  // namespace wireproof
