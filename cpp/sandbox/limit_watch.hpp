#pragma once
// When the sandbox as a whole is at a limit that the kernel does not enforce or does not tell of. Pure: no clock, no
// /proc.

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

#include "sandbox/options.hpp"
#include "sandbox/process_table.hpp"

namespace wireproof::sandbox {

class LimitWatch {
 public:
  explicit LimitWatch(const Limits& limits) : limits_(limits) {}

  struct Findings {
    bool memory_passed = false;   ///< all processes are to be killed
    bool close_to_limit = false;  ///< half of the memory is in use
  };
  /// True once in all: when there are as many processes and threads as there may be.
  bool reaches_processes(std::uint64_t count);
  /// `shared_once` tells the exact size; it is asked only when the quick one passes the limit.
  Findings look(const Sample& sample, const std::function<std::uint64_t()>& shared_once);

 private:
  Limits limits_;
  bool told_of_processes_ = false;
};

/// How long to wait after a sample that took `cost` of a processor: five times a second, but a hundredth of a processor
/// at most; more often close to a limit.
std::chrono::microseconds pause_after(std::chrono::microseconds cost, bool close_to_limit);

}  // namespace wireproof::sandbox
