#pragma once
// One absolute timer.

#include "loop/file_descriptor.hpp"
#include "wire/time.hpp"

namespace wireproof::wire {

/// A descriptor that becomes readable at a time of CLOCK_MONOTONIC, once for each set(). The thread's timer slack is
/// set to 1 ns.
class Timer {
 public:
  Timer();

  int descriptor() const { return descriptor_.get(); }
  /// A time in the past is due at once. Cheap when it is set to that time already.
  void set(nanoseconds monotonic);
  /// To be told when it became readable: the same time may be set again.
  void went_off() { armed_ = kNever; }

 private:
  FileDescriptor descriptor_;
  nanoseconds armed_ = kNever;
};

}  // namespace wireproof::wire
