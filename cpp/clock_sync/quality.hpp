#pragma once
// How far a server that tells the time can be believed. Pure.

#include <optional>

#include "clock_sync/time_client.hpp"

namespace wireproof::clock_sync {

struct Quality {
  Leap leap = Leap::unsynchronised;
  std::uint8_t stratum = 0;
  Time bound = Time::max();  ///< of the clock's error; the most there is: unknown
  Time offset{0};            ///< reference less clock, as last measured, before it was corrected

  bool is_synchronised() const { return leap != Leap::unsynchronised; }
};

/// Remembers the rounds of a client whose clock others ask for.
class QualityWatch {
 public:
  /// `patience`: how long the last good round counts.
  explicit QualityWatch(Time patience) : patience_(patience) {}

  void ended(Time now, const Round& round);
  /// `left`: what the clock still has to slew.
  Quality at(Time now, Time left) const;

 private:
  Time patience_;
  std::optional<Round> last_;  ///< good one
  Time ended_{0};
};

}  // namespace wireproof::clock_sync
