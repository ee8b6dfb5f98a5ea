#pragma once
// One absolute timer.

#include "base/file_descriptor.hpp"
#include "wire/time.hpp"

namespace wireproof::wire {

/// A descriptor that becomes readable at a time of CLOCK_MONOTONIC. The thread's timer slack is set to 1 ns.
class Timer {
 public:
  Timer();

  int descriptor() const { return descriptor_.get(); }
  /// kNever stops it. A time in the past is due at once.
  void set(nanoseconds monotonic);
  /// Whether it went off; makes it unreadable again.
  bool take();

 private:
  FileDescriptor descriptor_;
  nanoseconds armed_ = kNever;
};

}  // namespace wireproof::wire
