#pragma once
// The process that becomes the judged program, as its parent sees it.

#include <sys/types.h>

#include "loop/file_descriptor.hpp"
#include "sandbox/control_socket.hpp"
#include "sandbox/options.hpp"
#include "sandbox/privileges.hpp"
#include "sandbox/system_call_filter.hpp"

namespace wireproof::sandbox {

/// What that process says on the channel to its parent. Only a last word is heard if it cannot go on.
struct Note {
  enum class Kind { wants_ids, failed, refused } kind;
  FailedStep step;  ///< for failed; its text is a literal, at the same address on both sides of a fork
  int error = 0;    ///< for refused: an errno value
};

class ProgramProcess {
 public:
  /// Forks. The new process waits twice for proceed(): when it has its ids, which is when this returns; and, all
  /// prepared, after it has said "waiting" on `control`. Throws Failure, for what goes wrong on its side too.
  ProgramProcess(const Options& options, const ControlSocket& control, const SystemCallFilter& filter);

  pid_t pid() const { return pid_; }
  /// Readable when the process has something to say, or has become the program, or is gone.
  int channel() const { return channel_.get(); }
  void proceed() const;

  enum class Outcome { became_program, refused, vanished };
  struct Exec {
    Outcome outcome;
    int error = 0;  ///< for refused
  };
  /// Takes what the channel says, and closes it. Call before the process is waited for. Throws Failure if the process
  /// could not prepare itself.
  Exec take_outcome();

 private:
  pid_t pid_ = -1;
  FileDescriptor channel_;
};

}  // namespace wireproof::sandbox
