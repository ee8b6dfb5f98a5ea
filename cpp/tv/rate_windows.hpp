#pragma once
// The rate of a clip over its own time.

#include <vector>

#include "mpegts/profile.hpp"

namespace wireproof::tv {

/// A clip between its first and last PCR, cut into windows of equal stream time.
struct RateWindows {
  double window_seconds = 0.1;
  std::vector<double> rates;  ///< bit/s in each whole window
  double min = 0;
  double mean = 0;  ///< of the whole span
  double peak = 0;
  /// Bytes a decoder must be able to hold when the clip comes over a channel that carries just its mean rate, so that
  /// it is neither starved nor overrun: the farthest the clip runs ahead of that rate plus the farthest it falls
  /// behind.
  double needed_buffer_bytes = 0;
  /// Seconds the decoder must wait before it starts, over the same channel.
  double needed_delay_seconds = 0;
};

/// `profile` must have a clock (has_clock()). Between two PCRs the bytes are spread evenly.
RateWindows measure_rate_windows(const mpegts::Profile& profile, double window_seconds = 0.1);

}  // namespace wireproof::tv
