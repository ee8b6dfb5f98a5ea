#pragma once
// A smaller run that breaks the same invariant.

#include <cstdint>
#include <string>
#include <vector>

#include "hmtp_simulation/invariant.hpp"
#include "hmtp_simulation/plan.hpp"
#include "hmtp_simulation/simulation.hpp"

namespace wireproof::hmtp::simulation {

/// The numbers of as few of the seed's actions as are found to break the invariant. The run with `settings` breaks it.
Numbers shrink(const Settings& settings, std::uint64_t seed, Invariant invariant, const Tampering& tampering = {});

/// The trace of a run up to the first breach of the invariant, at most its last `most` lines.
std::vector<std::string> trace_until(const Plan& plan, Invariant invariant, std::size_t most,
                                     const Tampering& tampering = {});

}  // namespace wireproof::hmtp::simulation
