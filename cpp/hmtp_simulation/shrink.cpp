#include "hmtp_simulation/shrink.hpp"

#include <algorithm>
#include <numeric>

namespace wireproof::hmtp::simulation {
namespace {

constexpr unsigned kMostRuns = 600;
constexpr std::uint64_t kMostEventsOfAllRuns = 20'000'000;  ///< some ten seconds

}  // namespace

std::vector<std::size_t> shrink(const Settings& settings, std::uint64_t seed, Invariant invariant,
                                const Tampering& tampering) {
  std::vector<std::size_t> kept;
  if (settings.only) {
    kept = *settings.only;
  } else {
    kept.resize(make_plan(settings, seed).actions.size());
    std::iota(kept.begin(), kept.end(), std::size_t{0});
  }
  unsigned runs = 0;
  std::uint64_t events = 0;
  const auto breaks = [&](const std::vector<std::size_t>& numbers) {
    Settings smaller = settings;
    smaller.only = numbers;
    const Plan plan = make_plan(smaller, seed);
    const Outcome outcome = Simulation(plan, tampering).run();
    ++runs;
    events += outcome.events;
    return outcome.broken(invariant) && is_demanded(invariant, plan);
  };
  for (std::size_t piece = std::max<std::size_t>(kept.size() / 2, 1);;) {
    bool smaller = false;
    // From the end: what came after the breach goes first.
    for (std::size_t end = kept.size(); end > 0 && runs < kMostRuns && events < kMostEventsOfAllRuns;) {
      const std::size_t begin = end > piece ? end - piece : 0;
      std::vector<std::size_t> without(kept.begin(), kept.begin() + static_cast<std::ptrdiff_t>(begin));
      without.insert(without.end(), kept.begin() + static_cast<std::ptrdiff_t>(end), kept.end());
      if (breaks(without)) {
        kept = std::move(without);
        smaller = true;
      }
      end = begin;
    }
    if (runs >= kMostRuns || events >= kMostEventsOfAllRuns || (piece == 1 && !smaller)) return kept;
    if (piece > 1) piece /= 2;
  }
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
