#pragma once
// Many runs, one for each seed of a range, on several threads that share nothing but the seeds and what is made of
// them.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace wireproof::simulation {

struct Seeds {
  std::uint64_t first = 1;
  std::uint64_t runs = 1;
  unsigned threads = 1;
};

/// `run(seed)` is called by the threads and gives a result; `take(result)` by one at a time, in no order, and says
/// whether seeds after this one are still wanted: those before are run all the same. `progress` is called now and then
/// by the caller's thread with the number of runs done; when it returns false, no new run begins. Throws what a run
/// threw.
template <typename Run, typename Take>
void run_seeds(const Seeds& seeds, Run run, Take take, const std::function<bool(std::uint64_t done)>& progress) {
  std::atomic<std::uint64_t> next = 0;
  std::atomic<std::uint64_t> end = seeds.runs;
  std::mutex mutex;
  std::condition_variable ended;
  std::uint64_t done = 0;
  unsigned busy = std::max(seeds.threads, 1U);
  std::exception_ptr failure;
  const auto work = [&] {
    try {
      for (std::uint64_t i = next++; i < end; i = next++) {
        const auto result = run(seeds.first + i);
        const std::lock_guard lock(mutex);
        ++done;
        if (!take(result)) end = std::min<std::uint64_t>(end, i + 1);
      }
    } catch (...) {
      const std::lock_guard lock(mutex);
      failure = std::current_exception();
      end = 0;
    }
    const std::lock_guard lock(mutex);
    --busy;
    ended.notify_one();
  };
  std::vector<std::jthread> threads;
  for (unsigned i = busy; i > 0; --i) threads.emplace_back(work);
  std::unique_lock lock(mutex);
  for (bool over = false; !over;) {
    over = ended.wait_for(lock, std::chrono::milliseconds(200), [&] { return busy == 0; });
    if (!progress(done)) end = 0;
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace wireproof::simulation
