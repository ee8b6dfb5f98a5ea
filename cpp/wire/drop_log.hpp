#pragma once
// The file of --drops, which both directions write.

#include <mutex>
#include <string>

#include "wire/line_file.hpp"

namespace wireproof::wire {

/// Lines of one direction stay in their order. May be used from several threads.
class DropLog {
 public:
  /// Throws Failure, as all here does.
  explicit DropLog(const std::string& path) : file_(path) {}

  void add(const std::string& line) {
    const std::lock_guard lock(mutex_);
    file_.add(line);
  }
  void flush() {
    const std::lock_guard lock(mutex_);
    file_.flush();
  }
  void close() {
    const std::lock_guard lock(mutex_);
    file_.close();
  }

 private:
  std::mutex mutex_;
  LineFile file_;
};

}  // namespace wireproof::wire
