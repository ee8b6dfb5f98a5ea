#include "sandbox/limit_watch.hpp"

#include <algorithm>

namespace wireproof::sandbox {
namespace {

struct Pace {
  std::chrono::microseconds shortest;
  int per_cost;  // pause at least so many times as long as looking took
};

constexpr Pace usual{std::chrono::milliseconds(200), 100};
// Memory that grows by a gigabyte a second must not pass the limit by far.
constexpr Pace quick{std::chrono::milliseconds(40), 20};

}  // namespace

bool LimitWatch::reaches_processes(std::uint64_t count) {
  if (limits_.processes == 0 || count < limits_.processes || told_of_processes_) return false;
  told_of_processes_ = true;
  return true;
}

LimitWatch::Findings LimitWatch::look(const Sample& sample, const std::function<std::uint64_t()>& shared_once) {
  Findings findings;
  if (limits_.memory > 0 && sample.resident_bytes > limits_.memory / 2) {
    findings.close_to_limit = true;
    findings.memory_passed = sample.resident_bytes > limits_.memory && shared_once() > limits_.memory;
  }
  return findings;
}

std::chrono::microseconds pause_after(std::chrono::microseconds cost, bool close_to_limit) {
  const Pace& pace = close_to_limit ? quick : usual;
  return std::max(pace.shortest, cost * pace.per_cost);
}

}  // namespace wireproof::sandbox
