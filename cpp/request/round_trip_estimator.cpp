#include "request/round_trip_estimator.hpp"

#include <algorithm>

namespace wireproof::request {

void RoundTripEstimator::sample(Time round_trip) {
  if (!smoothed_) {
    smoothed_ = round_trip;
    variation_ = round_trip / 2;
  } else {
    variation_ = (3 * variation_ + std::chrono::abs(*smoothed_ - round_trip)) / 4;  // before the other changes (2.3)
    smoothed_ = (7 * *smoothed_ + round_trip) / 8;
  }
  timeout_ = std::clamp(*smoothed_ + std::max(options_.granularity, 4 * variation_), options_.least, options_.most);
}

void RoundTripEstimator::back_off() { timeout_ = std::min(2 * timeout_, options_.most); }

}  // namespace wireproof::request
