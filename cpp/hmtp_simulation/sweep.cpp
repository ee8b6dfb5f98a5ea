#include "hmtp_simulation/sweep.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

namespace wireproof::hmtp::simulation {
namespace {

class Workers {
 public:
  explicit Workers(const Sweep& sweep) : sweep_(sweep), end_(sweep.runs) {}

  SweepResult run(const std::function<bool(std::uint64_t)>& progress) {
    std::vector<std::jthread> threads;
    const unsigned count = std::max(sweep_.threads, 1U);
    {
      const std::lock_guard lock(mutex_);
      busy_ = count;
    }
    for (unsigned i = 0; i < count; ++i) threads.emplace_back([this] { work(); });
    std::unique_lock lock(mutex_);
    while (busy_ > 0) {
      done_.wait_for(lock, std::chrono::milliseconds(200));
      if (!progress(result_.sums.runs)) end_ = 0;
    }
    if (failure_) std::rethrow_exception(failure_);
    std::sort(result_.findings.begin(), result_.findings.end(),
              [](const Finding& left, const Finding& right) { return left.seed < right.seed; });
    return result_;
  }

 private:
  void work() {
    try {
      for (std::uint64_t i = next_++; i < end_; i = next_++) {
        const Plan plan = make_plan(sweep_.settings, sweep_.first_seed + i);
        const Outcome outcome = Simulation(plan).run();
        const std::lock_guard lock(mutex_);
        take(i, plan, outcome);
      }
    } catch (...) {
      const std::lock_guard lock(mutex_);
      failure_ = std::current_exception();
      end_ = 0;
    }
    const std::lock_guard lock(mutex_);
    --busy_;
    done_.notify_one();
  }

  void take(std::uint64_t index, const Plan& plan, const Outcome& outcome) {
    result_.sums.add(plan, outcome);
    for (std::size_t i = 0; i < kInvariants; ++i) {
      const auto invariant = static_cast<Invariant>(i);
      if (!outcome.breaches[i] || !is_demanded(invariant, plan)) continue;
      // Runs with lower seeds that are under way still count.
      if (!sweep_.keeps_going) end_ = std::min<std::uint64_t>(end_, index + 1);
      const auto known = std::find_if(result_.findings.begin(), result_.findings.end(),
                                      [&](const Finding& finding) { return finding.invariant == invariant; });
      const Finding finding{plan.seed, invariant, *outcome.breaches[i]};
      if (known == result_.findings.end()) {
        result_.findings.push_back(finding);
      } else if (finding.seed < known->seed) {
        *known = finding;
      }
    }
  }

  const Sweep& sweep_;
  std::atomic<std::uint64_t> next_ = 0;
  std::atomic<std::uint64_t> end_;
  std::mutex mutex_;
  std::condition_variable done_;
  unsigned busy_ = 0;
  std::exception_ptr failure_;
  SweepResult result_;
};

}  // namespace

void Sums::add(const Plan& plan, const Outcome& outcome) {
  ++runs;
  ++sizes[plan.nodes <= 16 ? 0 : plan.nodes <= 64 ? 1 : plan.nodes <= 200 ? 2 : 3];
  ++weathers[static_cast<std::size_t>(plan.weather)];
  fewest_nodes = std::min(fewest_nodes, plan.nodes);
  most_nodes = std::max(most_nodes, plan.nodes);
  events += outcome.events;
  datagrams += outcome.datagrams;
  lost += outcome.lost;
  messages += outcome.messages;
  deliveries += outcome.deliveries;
  owed += outcome.owed;
  missed += outcome.missed;
  virtual_seconds += std::chrono::duration<double>(outcome.virtual_time).count();
  if (outcome.recovery != kNever) {
    if (outcome.recovery > longest_recovery) {
      longest_recovery = outcome.recovery;
      longest_seed = plan.seed;
      longest_height = outcome.damage.height;
    }
    if (const Time slack = outcome.bound - outcome.recovery; slack < least_slack) {
      least_slack = slack;
      least_slack_seed = plan.seed;
    }
  }
  for (std::size_t i = 0; i < kInvariants; ++i) {
    if (!is_demanded(static_cast<Invariant>(i), plan)) continue;
    ++judged[i];
    broken[i] += outcome.breaches[i].has_value();
  }
}

SweepResult run_sweep(const Sweep& sweep, const std::function<bool(std::uint64_t done)>& progress) {
  return Workers(sweep).run(progress);
}

}  // namespace wireproof::hmtp::simulation
