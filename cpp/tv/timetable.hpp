#pragma once
// When each byte of a file is due.

#include <chrono>
#include <cstdint>
#include <vector>

#include "mpegts/profile.hpp"

namespace wireproof::tv {

using std::chrono::nanoseconds;

/// Maps places in a file to times since its beginning: straight lines between knots, and the mean rate outside of them.
class Timetable {
 public:
  /// Everything is due at once.
  static Timetable immediate(std::uint64_t bytes);
  /// `bits_per_second` > 0 all along.
  static Timetable constant(std::uint64_t bytes, double bits_per_second);
  /// The file's own pace times `speed`: its one rate when that is constant, else from PCR to PCR. Needs has_clock().
  static Timetable from_pcr(const mpegts::Profile& profile, double speed);

  /// When the byte at `offset` is due; the first is due at 0. `offset` may be anything up to bytes().
  nanoseconds due(std::uint64_t offset) const;
  /// The first byte that is not due before `time` (at most bytes()).
  std::uint64_t offset_at(nanoseconds time) const;

  std::uint64_t bytes() const { return bytes_; }
  nanoseconds duration() const { return due(bytes_); }
  bool is_immediate() const { return knots_.back().seconds == 0; }
  bool is_constant() const { return knots_.size() == 2; }
  /// Mean rate over the whole file, bit/s; 0 when immediate.
  double mean_rate() const;

 private:
  struct Knot {
    double offset = 0;
    double seconds = 0;
  };

  Timetable(std::uint64_t bytes, std::vector<Knot> knots) : bytes_(bytes), knots_(std::move(knots)) {}

  std::uint64_t bytes_;
  std::vector<Knot> knots_;  ///< ascending; the first is (0, 0), the last is the file's end
};

}  // namespace wireproof::tv
