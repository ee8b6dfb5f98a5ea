#pragma once
// Process 1 of the sandbox, from the program's start until the harness releases the sandbox.

#include <chrono>

#include "loop/file_descriptor.hpp"
#include "sandbox/control_socket.hpp"
#include "sandbox/limit_watch.hpp"
#include "sandbox/options.hpp"
#include "sandbox/process_table.hpp"
#include "sandbox/program_process.hpp"

namespace wireproof::sandbox {

/// Makes this process one that the program can neither read nor stop from the terminal. Throws UsageError unless it is
/// process 1.
void protect_this_process();

/// Watches one program. Make it before any other process is forked.
class Supervisor {
 public:
  /// Throws Failure.
  Supervisor(const Options& options, const ControlSocket& control);

  /// Returns when the harness says "release" or is gone; what is left of the sandbox ends with this process. Throws
  /// Failure when the program's process could not be prepared.
  void run(ProgramProcess& program);

 private:
  using Clock = std::chrono::steady_clock;

  // Until the next sample, for poll(); -1 when there is no process to look at.
  int patience() const;
  // False when the sandbox is to end.
  bool serve_control(const ProgramProcess& program);
  void tell_outcome(ProgramProcess& program);
  void reap(ProgramProcess& program);
  void tell_of_processes(std::uint64_t count);
  void look_at_processes();

  Options options_;
  const ControlSocket& control_;
  FileDescriptor child_signals_;
  ProcessTable table_;
  LimitWatch watch_;
  Clock::time_point next_look_;
  bool alone_ = false;    // no process is left but this one
  bool killing_ = false;  // memory passed its limit and nobody survives that
};

}  // namespace wireproof::sandbox
