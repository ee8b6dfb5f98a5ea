#pragma once
// SIGINT and SIGTERM as a descriptor, so that a wait can end on them.

#include <csignal>

#include "base/file_descriptor.hpp"

namespace wireproof {

/// From its making on, the two signals no longer kill; they make descriptor() readable. Make it before any thread.
class StopSignals {
 public:
  StopSignals();

  int descriptor() const { return descriptor_.get(); }
  /// Whether one of them has come; does not wait.
  bool arrived() const;
  /// Takes the one that has come first: its number, 0 when none has come.
  int take() const;

 private:
  FileDescriptor descriptor_;
};

}  // namespace wireproof
