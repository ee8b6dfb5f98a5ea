#pragma once
// Many runs, one for each seed of a range, on several threads that share nothing but the seeds and the sums.

#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

#include "hmtp_simulation/invariant.hpp"
#include "hmtp_simulation/simulation.hpp"

namespace wireproof::hmtp::simulation {

struct Finding {
  std::uint64_t seed = 0;
  Invariant invariant = Invariant::no_cycle;
  Breach breach;
};

struct Sums {
  std::uint64_t runs = 0;
  std::array<std::uint64_t, 4> sizes{};                  ///< runs of up to 16, 64, 200 and more nodes
  std::array<std::uint64_t, kFaultLoads> fault_loads{};  ///< runs by FaultLoad
  unsigned fewest_nodes = std::numeric_limits<unsigned>::max();
  unsigned most_nodes = 0;
  std::uint64_t events = 0;
  std::uint64_t datagrams = 0;
  std::uint64_t lost = 0;
  std::uint64_t messages = 0;
  std::uint64_t deliveries = 0;
  std::uint64_t owed = 0;
  std::uint64_t missed = 0;
  double virtual_seconds = 0;
  Time longest_recovery{0};
  std::uint64_t longest_seed = 0;
  unsigned longest_height = 0;
  Time least_slack = kNever;  ///< between recovery and bound
  std::uint64_t least_slack_seed = 0;
  std::array<std::uint64_t, kInvariants> broken{};  ///< runs
  std::array<std::uint64_t, kInvariants> judged{};  ///< runs it was demanded of

  void add(const Plan& plan, const Outcome& outcome);
};

struct Sweep {
  Settings settings;
  std::uint64_t first_seed = 1;
  std::uint64_t runs = 1;
  unsigned threads = 1;
  bool keeps_going = false;  ///< after a breach
};

struct SweepResult {
  Sums sums;
  /// The first breach of each invariant that was demanded and broken, by the lowest seed; without keeps_going only
  /// those of the lowest seed.
  std::vector<Finding> findings;

  /// One more run; false: it broke something.
  bool add(const Plan& plan, const Outcome& outcome);
};

/// `progress` is called now and then by the caller's thread with the number of runs done; when it returns false, no new
/// run begins.
SweepResult run_sweep(const Sweep& sweep, const std::function<bool(std::uint64_t done)>& progress);

}  // namespace wireproof::hmtp::simulation
