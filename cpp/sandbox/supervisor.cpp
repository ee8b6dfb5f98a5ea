#include "sandbox/supervisor.hpp"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>

#include "command_line/program.hpp"

namespace wireproof::sandbox {
namespace {

constexpr unsigned long timer_slack = 20'000'000;  // nanoseconds: samples may wait for another reason to wake up

FileDescriptor signals_of_children() {
  sigset_t children;
  ::sigemptyset(&children);
  ::sigaddset(&children, SIGCHLD);
  ::sigprocmask(SIG_BLOCK, &children, nullptr);
  FileDescriptor descriptor(::signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!descriptor.is_open()) fail("watch for the ends of processes", errno);
  return descriptor;
}

// Not the clock: a program that keeps the processors busy would put off the next look by making this one wait.
std::chrono::microseconds processor_time() {
  timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return std::chrono::ceil<std::chrono::microseconds>(std::chrono::seconds(used.tv_sec) +
                                                      std::chrono::nanoseconds(used.tv_nsec));
}

}  // namespace

void protect_this_process() {
  // Elsewhere, ending all other processes that there are would end somebody else's.
  if (::getpid() != 1)
    throw UsageError("this is not process 1 of its namespace; bwrap --unshare-pid --as-pid-1 makes it");
  if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) fail("keep this process from being read", errno);
  for (const int number : {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU, SIGWINCH}) {
    std::signal(number, SIG_IGN);
  }
}

Supervisor::Supervisor(const Options& options, const ControlSocket& control)
    : options_(options), control_(control), child_signals_(signals_of_children()), watch_(options.limits) {}

void Supervisor::run(ProgramProcess& program) {
  ::prctl(PR_SET_TIMERSLACK, timer_slack, 0, 0, 0);
  next_look_ = Clock::now() + pause_after(std::chrono::microseconds(0), false);
  while (true) {
    std::array<pollfd, 3> events = {pollfd{control_.descriptor(), POLLIN, 0}, pollfd{program.channel(), POLLIN, 0},
                                    pollfd{child_signals_.get(), POLLIN, 0}};
    if (::poll(events.data(), events.size(), patience()) < 0 && errno != EINTR) fail("wait for the program", errno);
    // What became of exec() is asked before the process is reaped, whichever was noticed first.
    if (events[1].revents != 0) tell_outcome(program);
    if (events[2].revents != 0) reap(program);
    if (events[0].revents != 0 && !serve_control(program)) return;
    if (!alone_ && Clock::now() >= next_look_) look_at_processes();
  }
}

int Supervisor::patience() const {
  if (alone_) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(next_look_ - Clock::now());
  return static_cast<int>(std::max<std::chrono::milliseconds::rep>(left.count(), 0));
}

bool Supervisor::serve_control(const ProgramProcess& program) {
  const auto request = control_.hear();
  if (!request || *request == Request::release) return false;
  if (*request == Request::go) {
    program.proceed();
  } else {
    say("the control socket asks for something unknown; known are \"go\" and \"release\"");
  }
  return true;
}

void Supervisor::tell_outcome(ProgramProcess& program) {
  const auto [outcome, error] = program.take_outcome();
  if (outcome == ProgramProcess::Outcome::became_program) control_.say(executed_message);
  if (outcome == ProgramProcess::Outcome::refused) control_.say(refused_message(error));
}

void Supervisor::reap(ProgramProcess& program) {
  signalfd_siginfo ignored{};
  static_cast<void>(::read(child_signals_.get(), &ignored, sizeof ignored));
  while (true) {
    // The process is looked at first: once it is reaped nobody can tell whether it had become the program.
    siginfo_t ended{};
    if (::waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT) != 0) {
      alone_ = errno == ECHILD;
      return;
    }
    if (ended.si_pid == 0) return;
    if (ended.si_pid == program.pid() && program.channel() >= 0) tell_outcome(program);
    int status = 0;
    rusage used{};
    if (::wait4(ended.si_pid, &status, 0, &used) != ended.si_pid) continue;
    if (ended.si_pid == program.pid()) control_.say(ended_message(status, used));
  }
}

void Supervisor::tell_of_processes(std::uint64_t count) {
  if (watch_.reaches_processes(count)) control_.say(process_limit_message(options_.limits.processes));
}

void Supervisor::look_at_processes() {
  const auto start = processor_time();
  tell_of_processes(table_.count());
  const Sample sample = table_.sample();
  tell_of_processes(sample.processes);
  const auto found = watch_.look(sample, [this] { return table_.resident_bytes_shared_once(); });
  // Among many busy processes the exact size may have taken seconds.
  if (found.close_to_limit) tell_of_processes(table_.count());
  next_look_ = Clock::now() + pause_after(processor_time() - start, found.close_to_limit);
  if (!found.memory_passed || killing_) return;
  killing_ = true;
  ::kill(-1, SIGKILL);
  control_.say(memory_limit_message(options_.limits.memory));
}

}  // namespace wireproof::sandbox
