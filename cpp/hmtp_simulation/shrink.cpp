#include "hmtp_simulation/shrink.hpp"

#include <utility>

namespace wireproof::hmtp::simulation {
namespace {

constexpr unsigned kMostRuns = 600;
constexpr std::uint64_t kMostEventsOfAllRuns = 20'000'000;  ///< some ten seconds

}  // namespace

Numbers shrink(const Settings& settings, std::uint64_t seed, Invariant invariant, const Tampering& tampering) {
  unsigned runs = 0;
  std::uint64_t events = 0;
  const auto breaks = [&](const Numbers& numbers) {
    Settings smaller = settings;
    smaller.only = numbers;
    const Plan plan = make_plan(smaller, seed);
    const Outcome outcome = Simulation(plan, tampering).run();
    ++runs;
    events += outcome.events;
    return outcome.broken(invariant) && is_demanded(invariant, plan);
  };
  const auto goes_on = [&] { return runs < kMostRuns && events < kMostEventsOfAllRuns; };
  Numbers all =
      settings.only ? *settings.only : wireproof::simulation::all_numbers(make_plan(settings, seed).actions.size());
  return wireproof::simulation::shrink(std::move(all), breaks, goes_on);
}

std::vector<std::string> trace_until(const Plan& plan, Invariant invariant, std::size_t most,
                                     const Tampering& tampering) {
  std::vector<std::string> lines;
  const std::string mark = "!! " + std::string(name_of(invariant));
  bool over = false;
  Simulation simulation(plan, tampering, [&](const std::string& line) {
    if (over) return;
    lines.push_back(line);
    over = line.find(mark) != std::string::npos;
  });
  simulation.run();
  if (lines.size() > most) lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(most));
  return lines;
}

}  // namespace wireproof::hmtp::simulation
