#include "wire/delay.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace wireproof::wire {
namespace {

/// The share of a standard normal below `place`.
double rank_of(double place) { return 0.5 * std::erfc(-place / std::numbers::sqrt2); }

}  // namespace

double draw_place(const DelaySettings& delay, const PacketRandom& random, FlowState& flow) {
  if (delay.jitter.count() == 0) return 0;
  double place = random.normal();
  if (delay.correlation > 0 && flow.packets > 0) {
    // Ranks of normals with correlation c are correlated by 6/pi asin(c/2) (Pearson 1907): solved for c.
    const double correlation = delay.distribution == Distribution::normal
                                   ? delay.correlation
                                   : 2 * std::sin(std::numbers::pi * delay.correlation / 6);
    place = correlation * flow.normal + std::sqrt(1 - correlation * correlation) * place;
  }
  flow.normal = place;
  return place;
}

nanoseconds delay_at(const DelaySettings& delay, double place) {
  if (delay.jitter.count() == 0) return delay.mean;
  double variation = place;
  if (delay.distribution == Distribution::uniform) {
    variation = 2 * rank_of(place) - 1;
  } else if (delay.distribution == Distribution::table) {
    const auto& table = *delay.table;
    const auto entry = static_cast<std::size_t>(rank_of(place) * static_cast<double>(table.size()));
    variation = table[std::min(entry, table.size() - 1)];
  }
  const double total = static_cast<double>(delay.mean.count()) + variation * static_cast<double>(delay.jitter.count());
  return nanoseconds(std::llround(std::clamp(total, 0.0, 1e18)));
}

nanoseconds least_delay(const DelaySettings& delay) {
  if (delay.jitter.count() == 0) return delay.mean;
  return delay.distribution == Distribution::uniform ? delay.mean - delay.jitter : nanoseconds(0);
}

}  // namespace wireproof::wire
