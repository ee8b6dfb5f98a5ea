#pragma once
// What a clock counts by, and how wrong that is.

#include <cmath>

#include "loop/time.hpp"

namespace wireproof {

/// Time that runs too fast or too slowly by a known rate: a bad quartz, for lessons about those.
class Oscillator {
 public:
  /// `drift`: seconds that it gains in a second; between -0.1 and 0.1.
  explicit Oscillator(double drift = 0) : drift_(drift) {}

  Time at(Time true_time) const {
    return true_time + Time(std::llround(static_cast<double>(true_time.count()) * drift_));
  }
  /// When it will show `shown`.
  Time when(Time shown) const {
    if (shown == kNever) return kNever;
    return Time(std::llround(static_cast<double>(shown.count()) / (1 + drift_)));
  }

 private:
  double drift_;
};

}  // namespace wireproof
