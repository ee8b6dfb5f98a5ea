#pragma once
// One run, for tests.

#include <gtest/gtest.h>

#include <string>

#include "hmtp_simulation/report.hpp"
#include "hmtp_simulation/simulation.hpp"

namespace wireproof::hmtp::simulation::testing {

inline Settings small_groups(Protocol protocol, unsigned fewest = 3, unsigned most = 16) {
  Settings settings;
  settings.protocol = protocol;
  settings.fewest_nodes = fewest;
  settings.most_nodes = most;
  return settings;
}

inline Outcome run(const Settings& settings, std::uint64_t seed, const Tampering& tampering = {}) {
  return Simulation(make_plan(settings, seed), tampering).run();
}

/// Empty, or what was broken and how to see it again.
inline std::string verdict(const Settings& settings, std::uint64_t seed) {
  const Plan plan = make_plan(settings, seed);
  const Outcome outcome = Simulation(plan).run();
  if (keeps_all(plan, outcome)) return "";
  return command_line(settings, seed) + "\n" + outcome_text(plan, outcome);
}

}  // namespace wireproof::hmtp::simulation::testing
