// The table of refused system calls: each entry is met by the filter itself, not by the kernel's own checks; and the
// program gets the errors of the table.

#include <gtest/gtest.h>
#include <linux/netlink.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <functional>
#include <thread>

#include "running_sandbox.hpp"
#include "sandbox/refused_calls.hpp"
#include "sandbox/system_call_filter.hpp"

namespace wireproof::sandbox::testing {
namespace {

constexpr int told_by_filter = 999;  // an error that no kernel gives
constexpr std::uint64_t upper_half = 1ULL << 32;

// Arguments by which a call is refused.
std::array<std::uint64_t, 6> arguments_of(const Refusal& refusal) {
  std::array<std::uint64_t, 6> arguments{};
  for (const scmp_arg_cmp& test : refusal.when) {
    arguments.at(test.arg) = test.op == SCMP_CMP_MASKED_EQ ? test.datum_b : test.datum_a;
  }
  return arguments;
}

long call(int number, const std::array<std::uint64_t, 6>& words) {
  return ::syscall(number, words[0], words[1], words[2], words[3], words[4], words[5]);
}

std::vector<RefusalGroup> told(std::vector<RefusalGroup> groups) {
  for (RefusalGroup& group : groups) {
    for (Refusal& refusal : group.refusals) refusal.error = told_by_filter;
  }
  return groups;
}

// The new process's part of under(); it never comes back into GoogleTest.
[[noreturn]] void run_under(const SystemCallFilter& filter, const std::function<int()>& body) noexcept {
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  ::_exit(filter.load() == 0 ? body() : 70);
}

// Runs `body` in a process under the filter: raw wait status.
int under(const std::vector<RefusalGroup>& groups, const std::function<int()>& body) {
  const SystemCallFilter filter(groups);
  const pid_t process = ::fork();
  if (process == 0) run_under(filter, body);
  int status = 0;
  ::waitpid(process, &status, 0);
  return status;
}

TEST(Calls, TheFilterMeetsEveryEntryOfTheTable) {
  const auto table = told(refused_calls(false));
  for (const RefusalGroup& group : table) {
    for (const Refusal& refusal : group.refusals) {
      if (refusal.call < 0) continue;
      for (const std::uint64_t dirt : {std::uint64_t{0}, upper_half}) {
        auto arguments = arguments_of(refusal);
        for (const scmp_arg_cmp& test : refusal.when) arguments.at(test.arg) |= dirt;
        const int status = under(table, [&] {
          const long outcome = call(refusal.call, arguments);
          return outcome == -1 && errno == told_by_filter ? 0 : 1;
        });
        EXPECT_EQ(status, 0) << "system call " << refusal.call << " with " << arguments[0] << ", " << arguments[1]
                             << ": not refused although " << group.reason;
      }
    }
  }
}

TEST(Calls, FlagsOfCloneAreRefusedAmongOthers) {
  const auto table = told(refused_calls(false));
  for (const int flag : {CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID,
                         CLONE_NEWNET, CLONE_UNTRACED}) {
    EXPECT_EQ(under(table,
                    [&] {
                      const long outcome = ::syscall(SYS_clone, flag | SIGCHLD, 0, 0, 0, 0);
                      return outcome == -1 && errno == told_by_filter ? 0 : 1;
                    }),
              0)
        << flag;
  }
}

TEST(Calls, WhatProgramsNeedPasses) {
  const auto table = refused_calls(false);
  EXPECT_EQ(under(table,
                  [] {
                    const auto opens = [](int family, int type, int protocol) {
                      const int made = ::socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
                      return made >= 0;
                    };
                    std::array<int, 2> pair{};
                    bool good = opens(AF_UNIX, SOCK_STREAM, 0) && opens(AF_INET, SOCK_STREAM, 0) &&
                                opens(AF_INET, SOCK_DGRAM, 0) && opens(AF_INET6, SOCK_DGRAM, 0) &&
                                opens(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE) &&
                                opens(AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG);
                    good = good && ::socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair.data()) == 0;
                    std::thread([] {}).join();
                    const pid_t child = ::fork();
                    if (child == 0) ::_exit(0);
                    return good && ::waitpid(child, nullptr, 0) == child ? 0 : 1;
                  }),
            0);
}

TEST(Calls, RawSocketsAreRefusedUnlessGranted) {
  constexpr int icmp = 1;
  const auto probe = [](int type) -> std::function<int()> {
    return [type] {
      const int made = ::socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, icmp);
      return made < 0 && errno == told_by_filter ? 1 : 0;
    };
  };
  EXPECT_EQ(under(told(refused_calls(false)), probe(SOCK_RAW)), 1 << 8);
  EXPECT_EQ(under(told(refused_calls(true)), probe(SOCK_RAW)), 0);
  EXPECT_EQ(under(told(refused_calls(true)), probe(SOCK_PACKET)), 1 << 8);
}

#ifdef __x86_64__
TEST(Calls, OtherArchitecturesAreKilled) {
  const auto table = refused_calls(false);
  constexpr int x32_getpid = 0x40000000 | 39;
  EXPECT_EQ(under(table, [] { return static_cast<int>(::syscall(x32_getpid)); }) & 0x7f, SIGSYS);
  const auto i386_getpid = [] {
    long result = 20;
    asm volatile("int $0x80" : "+a"(result) : : "memory");
    return result > 0 ? 0 : 1;
  };
  const int status = under(table, i386_getpid) & 0x7f;
  EXPECT_TRUE(status == SIGSYS || status == SIGSEGV) << status;  // the latter by kernels that do not know those calls
}
#endif

TEST(Calls, TheProgramGetsTheErrorsOfTheTable) {
  // A line per call: its number, the error, its arguments. Python makes them in the sandbox.
  std::string lines;
  std::size_t count = 0;
  for (const RefusalGroup& group : refused_calls(false)) {
    for (const Refusal& refusal : group.refusals) {
      if (refusal.call < 0) continue;
      const auto words = arguments_of(refusal);
      lines += fmt::format("{} {} {} {} {}\n", refusal.call, refusal.error, words[0], words[1], words[2]);
      ++count;
    }
  }
  RunningSandbox sandbox(
      python("import ctypes, sys\n"
             "libc = ctypes.CDLL(None, use_errno=True)\n"
             "libc.syscall.restype = ctypes.c_long\n"
             "count = 0\n"
             "for line in sys.stdin:\n"
             "  call, error, *words = map(int, line.split())\n"
             "  outcome = libc.syscall(*map(ctypes.c_ulong, (call, *words, 0, 0, 0)))\n"
             "  count += 1\n"
             "  if outcome != -1 or ctypes.get_errno() != error:\n"
             "    print(line.strip(), '->', outcome, ctypes.get_errno())\n"
             "print(count)"));
  sandbox.start();
  sandbox.type(lines);
  sandbox.close_input();
  EXPECT_EQ(sandbox.ended(), 0);
  EXPECT_EQ(sandbox.output(), fmt::format("{}\n", count));
}

}  // namespace
}  // namespace wireproof::sandbox::testing
