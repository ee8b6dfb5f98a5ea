#pragma once
// What a person reads of runs.

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/json_object.hpp"
#include "hmtp_simulation/sweep.hpp"

namespace wireproof::hmtp::simulation {

/// The options that make this run again.
std::string command_line(const Settings& settings, std::uint64_t seed);

std::string description_of(const Plan& plan);
std::string outcome_text(const Plan& plan, const Outcome& outcome);
/// Whether nothing that is demanded was broken.
bool keeps_all(const Plan& plan, const Outcome& outcome);

/// `taken`: seconds of real time.
std::string summary_text(const Sweep& sweep, const SweepResult& result, double taken);
JsonObject summary_json(const Sweep& sweep, const SweepResult& result, double taken);

/// "7", "3-500", or nothing at all, for 1 to 5000 nodes; the empty text gives {0, 0}.
std::optional<std::pair<unsigned, unsigned>> parse_sizes(std::string_view text);

}  // namespace wireproof::hmtp::simulation
