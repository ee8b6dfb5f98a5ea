#include "wire/scheduling.hpp"

#include <linux/types.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "command_line/program.hpp"

namespace wireproof::wire {
namespace {

/// sched_setattr(2); the C library of Debian 12 does not declare it.
struct Attributes {
  __u32 size = sizeof(Attributes);
  __u32 policy = SCHED_OTHER;
  __u64 flags = 0;
  __s32 nice = 0;
  __u32 priority = 0;
  __u64 runtime = 0;
  __u64 deadline = 0;
  __u64 period = 0;
};

}  // namespace

void ask_for_short_slice() {
  constexpr __u64 kShortestSlice = 100'000;  // nanoseconds
  Attributes attributes;
  if (::syscall(SYS_sched_getattr, 0, &attributes, sizeof attributes, 0) != 0) return;
  if (attributes.policy != SCHED_OTHER) return;
  attributes.size = sizeof attributes;
  attributes.runtime = kShortestSlice;
  ::syscall(SYS_sched_setattr, 0, &attributes, 0);
}

void become_realtime() {
  sched_param parameters{};
  parameters.sched_priority = ::sched_get_priority_min(SCHED_FIFO);
  if (::sched_setscheduler(0, SCHED_FIFO, &parameters) != 0) fail("schedule in real time (--realtime)", errno);
}

}  // namespace wireproof::wire
