#pragma once
// A time of day that a program keeps by itself, so that it need not set its host's clock. Pure.

#include <optional>

#include "loop/time.hpp"

namespace wireproof {

/// An announced leap second (ITU-R TF.460-6).
struct LeapSecond {
  enum class Kind { inserted, deleted };
  Time midnight{0};  ///< the end of the UTC day, since 1970
  Kind kind = Kind::inserted;
};

/// UTC in nanoseconds since 1970 without leap seconds, as POSIX counts it: signed and 64 bits wide, from 1677 to 2262,
/// so that neither 2038 (signed 32 bits of seconds) nor 2036 or 2106 (unsigned ones) is an edge.
///
/// It is a line over the *elapsed* time of a clock that nobody sets; "elapsed" in all functions is a reading of that,
/// not earlier than the last correction. Only step() with a negative correction makes it go backwards.
class SoftwareClock {
 public:
  struct Options {
    double most_slew = 500e-6;  ///< seconds of a correction in a second, above 0 and below 0.5
    double most_rate = 500e-6;  ///< of the frequency's correction, below 0.5
  };
  struct Reading {
    Time utc{0};
    bool is_leap_second = false;  ///< 23:59:60, during which `utc` stands still at the end of 23:59:59
  };

  /// It shows `utc` now.
  SoftwareClock(Time elapsed, Time utc, const Options& options) : options_(options), since_(elapsed), base_(utc) {}
  SoftwareClock(Time elapsed, Time utc) : SoftwareClock(elapsed, utc, Options{}) {}

  Reading reading(Time elapsed) const;
  Time utc(Time elapsed) const { return reading(elapsed).utc; }

  /// Corrects by `correction` little by little, by most_slew at most, in place of what was left to do.
  void slew(Time elapsed, Time correction);
  /// Corrects at once, backwards too; nothing is left to do.
  void step(Time elapsed, Time correction);
  /// From now on it gains so many seconds in each of the elapsed clock's; clamped to most_rate. A slew goes on.
  void set_rate(Time elapsed, double rate);
  /// At most one, in place of an earlier one; nothing forgets it. One whose midnight is past is not taken.
  void announce(Time elapsed, const std::optional<LeapSecond>& leap);

  double rate() const { return rate_; }
  /// What a slew still has to do.
  Time left(Time elapsed) const;

 private:
  /// What has been slewed since since_, and no more than to_slew_.
  double slewed(Time elapsed) const;
  /// Time of day without the leap second that is announced.
  Time plain(Time elapsed) const;
  /// A new line begins here, at `base`; what is left to slew goes on.
  void begin_line(Time elapsed, Time base);

  Options options_;
  Time since_;       ///< begin of the line, elapsed time
  Time base_;        ///< what plain() was then
  double rate_ = 0;  ///< gained in a second, slewing apart
  Time to_slew_{0};
  std::optional<LeapSecond> leap_;
};

}  // namespace wireproof
