#pragma once
// How the kernel's scheduler treats this process.

namespace wireproof::wire {

/// Asks for the shortest time slice, which any user may: since Linux 6.12 such a task is let in sooner when it wakes up
/// on a busy machine. Where that is not possible nothing changes.
void ask_for_short_slice();

/// SCHED_FIFO at the lowest priority: before all ordinary processes. Throws Failure; needs CAP_SYS_NICE on the machine.
void become_realtime();

}  // namespace wireproof::wire
