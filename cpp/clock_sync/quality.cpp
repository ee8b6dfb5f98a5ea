#include "clock_sync/quality.hpp"

#include <algorithm>
#include <cmath>

namespace wireproof::clock_sync {
namespace {

/// What a clock without a reference may drift, as RFC 5905 (section 7.2, PHI) supposes it.
constexpr double kDrift = 15e-6;
constexpr Time kMostOfServer = std::chrono::hours(24);

}  // namespace

void QualityWatch::ended(Time now, const Round& round) {
  if (!round.best || !round.server.is_synchronised()) return;
  last_ = round;
  ended_ = now;
}

Quality QualityWatch::at(Time now, Time left) const {
  if (!last_ || now - ended_ > patience_ || last_->server.stratum >= 15) return {};
  const auto drifted = Time(std::llround(static_cast<double>((now - last_->best->at).count()) * kDrift));
  return {.leap = last_->server.leap,
          .stratum = static_cast<std::uint8_t>(last_->server.stratum + 1),
          .bound = last_->best->bound + std::min(last_->server.bound, kMostOfServer) + drifted + std::chrono::abs(left),
          .offset = last_->offset};
}

}  // namespace wireproof::clock_sync
