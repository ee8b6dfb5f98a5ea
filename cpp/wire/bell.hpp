#pragma once
// Wakes another thread that waits in epoll.

#include "loop/file_descriptor.hpp"

namespace wireproof::wire {

/// To be watched for EPOLLIN | EPOLLET: each ring() is an edge, and needs no read to clear it.
class Bell {
 public:
  Bell();

  int descriptor() const { return descriptor_.get(); }
  /// From any thread.
  void ring();

 private:
  FileDescriptor descriptor_;
};

}  // namespace wireproof::wire
