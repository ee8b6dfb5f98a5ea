#include "sandbox/limit_watch.hpp"

namespace wireproof::sandbox {
namespace {

constexpr std::chrono::milliseconds usual(200);
// Above half the limit, memory that grows by a gigabyte a second must not pass it by far.
constexpr std::chrono::milliseconds close_to_limit(40);

}  // namespace

LimitWatch::Findings LimitWatch::look(const Sample& sample, const std::function<std::uint64_t()>& shared_once) {
  Findings findings;
  findings.next_look = usual;
  if (limits_.processes > 0 && sample.processes >= limits_.processes && !told_of_processes_) {
    findings.processes_reached = told_of_processes_ = true;
  }
  if (limits_.memory > 0 && sample.resident_bytes > limits_.memory / 2) {
    findings.next_look = close_to_limit;
    findings.memory_passed = sample.resident_bytes > limits_.memory && shared_once() > limits_.memory;
  }
  return findings;
}

}  // namespace wireproof::sandbox
