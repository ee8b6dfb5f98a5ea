#include "software_clock/drift_estimator.hpp"

#include <cmath>

namespace wireproof {

void DriftEstimator::add(Time elapsed, Time ahead, Time bound) {
  points_.push_back({elapsed, ahead, bound});
  if (points_.size() > most_) points_.pop_front();
}

std::optional<Drift> DriftEstimator::drift() const {
  if (points_.size() < 2) return std::nullopt;
  // Relative to the first: the reference may be decades ahead, and a double has 53 bits.
  const Point& first = points_.front();
  double middle = 0;
  for (const Point& point : points_) middle += in_seconds(point.elapsed - first.elapsed);
  middle /= static_cast<double>(points_.size());
  double spread = 0;
  double slope = 0;
  double error = 0;
  for (const Point& point : points_) {
    const double distance = in_seconds(point.elapsed - first.elapsed) - middle;
    spread += distance * distance;
    slope += distance * in_seconds(point.ahead - first.ahead);
    error += std::abs(distance) * in_seconds(point.bound);
  }
  if (spread <= 0) return std::nullopt;
  return Drift{slope / spread, error / spread};
}

}  // namespace wireproof
