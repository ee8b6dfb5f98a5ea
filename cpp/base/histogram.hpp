#pragma once
// Percentiles of durations in fixed memory.

#include <array>
#include <bit>
#include <chrono>
#include <cstdint>

namespace wireproof {

/// Counts durations in buckets 1/16 of their size wide, so a percentile is off by at most 6 %, whatever the range.
class Histogram {
 public:
  /// Negative durations count as 0.
  void add(std::chrono::nanoseconds duration) {
    const auto value = static_cast<std::uint64_t>(duration.count() < 0 ? 0 : duration.count());
    ++buckets_[index(value)];
    ++count_;
    if (value > max_) max_ = value;
  }
  /// All that another has counted.
  void add(const Histogram& other) {
    for (std::size_t i = 0; i < buckets_.size(); ++i) buckets_[i] += other.buckets_[i];
    count_ += other.count_;
    if (other.max_ > max_) max_ = other.max_;
  }

  /// Upper edge of the bucket that holds the given share (0 to 1) of all durations, never above max().
  std::chrono::nanoseconds percentile(double share) const {
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < buckets_.size(); ++i) {
      seen += buckets_[i];
      if (seen > 0 && static_cast<double>(seen) >= share * static_cast<double>(count_)) {
        const std::uint64_t edge = upper_edge(i);
        return std::chrono::nanoseconds(static_cast<std::int64_t>(edge < max_ ? edge : max_));
      }
    }
    return std::chrono::nanoseconds(0);
  }

  std::chrono::nanoseconds max() const { return std::chrono::nanoseconds(static_cast<std::int64_t>(max_)); }
  std::uint64_t count() const { return count_; }

 private:
  static constexpr unsigned kSteps = 16;

  static std::size_t index(std::uint64_t value) {
    if (value < kSteps) return static_cast<std::size_t>(value);
    const auto shift = static_cast<unsigned>(std::bit_width(value)) - 5;
    return shift * kSteps + static_cast<std::size_t>(value >> shift);
  }
  static std::uint64_t upper_edge(std::size_t i) {
    if (i < 2 * kSteps) return i;
    const std::size_t shift = i / kSteps - 1;
    return ((i % kSteps + kSteps + 1) << shift) - 1;
  }

  std::array<std::uint64_t, 64 * kSteps> buckets_{};
  std::uint64_t count_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace wireproof
