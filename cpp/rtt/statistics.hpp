#pragma once
// Statistics of round trips as RFC 2681, section 4, defines them: kNever stands for an undefined one, which is
// infinitely large. Pure.

#include <cstddef>
#include <optional>
#include <vector>

#include "loop/time.hpp"

namespace wireproof::rtt {

class Statistics {
 public:
  explicit Statistics(std::vector<Time> round_trips);

  // Of all. Nothing when there are none; kNever: infinite.
  std::optional<Time> minimum() const { return percentile(0); }
  std::optional<Time> median() const;
  /// The smallest value at or below which `percent` % of all are (RFC 2330, 11.3).
  std::optional<Time> percentile(double percent) const;
  /// The share of all, 0 to 1, that is not longer than `threshold`.
  std::optional<double> inverse_percentile(Time threshold) const;

  // Of those that are finite. Nothing when there are none.
  std::optional<Time> mean_of_finite() const;
  std::optional<Time> maximum_of_finite() const;

 private:
  std::vector<Time> sorted_;
  std::size_t finite_;
};

}  // namespace wireproof::rtt
