#include "hmtp_simulation/sweep.hpp"

#include <algorithm>
#include <utility>

#include "simulation/seeds.hpp"

namespace wireproof::hmtp::simulation {

void Sums::add(const Plan& plan, const Outcome& outcome) {
  ++runs;
  ++sizes[plan.nodes <= 16 ? 0 : plan.nodes <= 64 ? 1 : plan.nodes <= 200 ? 2 : 3];
  ++fault_loads[static_cast<std::size_t>(plan.faults)];
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

bool SweepResult::add(const Plan& plan, const Outcome& outcome) {
  sums.add(plan, outcome);
  bool kept = true;
  for (std::size_t i = 0; i < kInvariants; ++i) {
    const auto invariant = static_cast<Invariant>(i);
    if (!outcome.breaches[i] || !is_demanded(invariant, plan)) continue;
    kept = false;
    const auto known = std::find_if(findings.begin(), findings.end(),
                                    [&](const Finding& finding) { return finding.invariant == invariant; });
    const Finding finding{plan.seed, invariant, *outcome.breaches[i]};
    if (known == findings.end()) {
      findings.push_back(finding);
    } else if (finding.seed < known->seed) {
      *known = finding;
    }
  }
  return kept;
}

SweepResult run_sweep(const Sweep& sweep, const std::function<bool(std::uint64_t done)>& progress) {
  using Run = std::pair<Plan, Outcome>;
  SweepResult result;
  wireproof::simulation::run_seeds(
      {sweep.first_seed, sweep.runs, sweep.threads},
      [&](std::uint64_t seed) {
        Plan plan = make_plan(sweep.settings, seed);
        Outcome outcome = Simulation(plan).run();
        return Run{std::move(plan), std::move(outcome)};
      },
      [&](const Run& run) { return result.add(run.first, run.second) || sweep.keeps_going; }, progress);
  std::sort(result.findings.begin(), result.findings.end(),
            [](const Finding& left, const Finding& right) { return left.seed < right.seed; });
  return result;
}

}  // namespace wireproof::hmtp::simulation
