#include "clock_sync/exchange.hpp"

#include <chrono>

namespace wireproof::clock_sync {
namespace {

constexpr Time kLatest = std::chrono::seconds(7'258'118'400);  // 2200-01-01; sums of two are far from overflowing

bool is_possible(Time time) { return time >= Time(0) && time < kLatest; }

}  // namespace

std::optional<Sample> sample_of(const Exchange& exchange, const Assumptions& assumptions) {
  for (const Time time : {exchange.asked, exchange.received, exchange.answered, exchange.arrived}) {
    if (!is_possible(time)) return std::nullopt;
  }
  const Time there = exchange.arrived - exchange.asked;
  const Time within = exchange.answered - exchange.received;
  const Time round_trip = there - within;
  if (within < Time(0) || round_trip < Time(0)) return std::nullopt;
  const auto drift = std::chrono::ceil<Time>(
      std::chrono::duration<double, std::nano>(static_cast<double>(there.count()) * assumptions.most_drift));
  const Time bound = (round_trip + Time(1)) / 2 - assumptions.least_delay + drift;
  if (bound < Time(0)) return std::nullopt;
  return Sample{.at = exchange.arrived,
                .ahead = exchange.answered - exchange.arrived + round_trip / 2,
                .round_trip = round_trip,
                .bound = bound};
}

}  // namespace wireproof::clock_sync
