#pragma once
// How fast a clock drifts, out of measurements of its error that are themselves uncertain. Pure.

#include <cstddef>
#include <deque>
#include <optional>

#include "loop/time.hpp"

namespace wireproof {

/// A clock's rate against the reference.
struct Drift {
  double rate = 0;   ///< seconds that the reference gains on the clock in a second of the clock
  double error = 0;  ///< of that, at most
};

/// The slope of the line through the last measurements (least squares).
class DriftEstimator {
 public:
  /// `most`: measurements that are kept.
  explicit DriftEstimator(std::size_t most = 32) : most_(most) {}

  /// At `elapsed` of the clock, the reference was `ahead` of it, give or take `bound`. Not earlier than the one before.
  void add(Time elapsed, Time ahead, Time bound);
  /// The reference was set: what was measured before says nothing any more.
  void forget() { points_.clear(); }

  /// Nothing before two measurements, or while all are of one time. The error follows from the bounds alone: least
  /// squares weigh the measurements, and each may be wrong by its bound in the worst direction.
  std::optional<Drift> drift() const;

 private:
  struct Point {
    Time elapsed;
    Time ahead;
    Time bound;
  };

  std::size_t most_;
  std::deque<Point> points_;
};

}  // namespace wireproof
