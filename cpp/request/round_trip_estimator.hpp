#pragma once
// How long to wait for an answer (RFC 6298).

#include <chrono>
#include <optional>

#include "loop/time.hpp"

namespace wireproof::request {

/// The RFC's smoothed round-trip time, its variation, and the timeout that follows from both. Which round trips may be
/// sampled is the caller's business: those of what was sent once (Karn's algorithm; RFC 6298, section 3).
class RoundTripEstimator {
 public:
  struct Options {
    Time initial = std::chrono::seconds(1);           ///< timeout before the first sample (2.1)
    Time least = std::chrono::seconds(1);             ///< of a timeout (2.4)
    Time most = std::chrono::seconds(60);             ///< of a timeout (2.5)
    Time granularity = std::chrono::milliseconds(1);  ///< of the clock: the RFC's G
  };

  explicit RoundTripEstimator(const Options& options) : options_(options), timeout_(options.initial) {}

  /// What was backed off is forgotten.
  void sample(Time round_trip);
  /// Nothing came within the timeout: twice of it next, up to the most (5.5).
  void back_off();

  Time timeout() const { return timeout_; }
  /// Nothing before the first sample.
  std::optional<Time> smoothed() const { return smoothed_; }
  Time variation() const { return variation_; }

 private:
  Options options_;
  std::optional<Time> smoothed_;
  Time variation_{0};
  Time timeout_;
};

}  // namespace wireproof::request
