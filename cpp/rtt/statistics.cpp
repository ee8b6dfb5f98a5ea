#include "rtt/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace wireproof::rtt {

Statistics::Statistics(std::vector<Time> round_trips) : sorted_(std::move(round_trips)) {
  std::sort(sorted_.begin(), sorted_.end());
  finite_ = static_cast<std::size_t>(std::lower_bound(sorted_.begin(), sorted_.end(), kNever) - sorted_.begin());
}

std::optional<Time> Statistics::percentile(double percent) const {
  if (sorted_.empty()) return std::nullopt;
  const auto count = static_cast<double>(sorted_.size());
  // A share that is a whole number of values must not become one more by rounding: 0.07 * 100 > 7.
  const auto rank = static_cast<std::size_t>(std::ceil(percent * count / 100 - 1e-9));
  return sorted_[std::clamp<std::size_t>(rank, 1, sorted_.size()) - 1];
}

std::optional<Time> Statistics::median() const {
  if (sorted_.empty()) return std::nullopt;
  const Time high = sorted_[sorted_.size() / 2];
  if (sorted_.size() % 2 == 1 || high == kNever) return high;
  const Time low = sorted_[sorted_.size() / 2 - 1];
  return low + (high - low) / 2;
}

std::optional<double> Statistics::inverse_percentile(Time threshold) const {
  if (sorted_.empty()) return std::nullopt;
  const auto finite_end = sorted_.begin() + static_cast<std::ptrdiff_t>(finite_);
  const auto within = std::upper_bound(sorted_.begin(), finite_end, threshold) - sorted_.begin();
  return static_cast<double>(within) / static_cast<double>(sorted_.size());
}

std::optional<Time> Statistics::mean_of_finite() const {
  if (finite_ == 0) return std::nullopt;
  long double sum = 0;
  for (std::size_t i = 0; i < finite_; ++i) sum += static_cast<long double>(sorted_[i].count());
  return Time(std::llround(sum / static_cast<long double>(finite_)));
}

std::optional<Time> Statistics::maximum_of_finite() const {
  return finite_ == 0 ? std::nullopt : std::optional(sorted_[finite_ - 1]);
}

}  // namespace wireproof::rtt
