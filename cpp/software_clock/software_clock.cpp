#include "software_clock/software_clock.hpp"

#include <algorithm>
#include <cmath>

namespace wireproof {
namespace {

constexpr Time kSecond = std::chrono::seconds(1);

}  // namespace

double SoftwareClock::slewed(Time elapsed) const {
  const double most = std::max(0.0, static_cast<double>((elapsed - since_).count()) * options_.most_slew);
  const auto wanted = static_cast<double>(to_slew_.count());
  return std::clamp(wanted, -most, most);
}

Time SoftwareClock::plain(Time elapsed) const {
  const Time passed = elapsed - since_;
  // Rounded once: the sum grows by more than -1 ns in each nanosecond that passes, so the clock never goes back.
  const double gained = static_cast<double>(passed.count()) * rate_ + slewed(elapsed);
  return base_ + passed + Time(std::llround(gained));
}

SoftwareClock::Reading SoftwareClock::reading(Time elapsed) const {
  const Time time = plain(elapsed);
  if (!leap_) return {time};
  if (leap_->kind == LeapSecond::Kind::deleted) return {time < leap_->midnight - kSecond ? time : time + kSecond};
  if (time < leap_->midnight) return {time};
  if (time < leap_->midnight + kSecond) return {leap_->midnight - Time(1), true};
  return {time - kSecond};
}

void SoftwareClock::begin_line(Time elapsed, Time base) {
  to_slew_ = left(elapsed);
  base_ = base;
  since_ = elapsed;
}

void SoftwareClock::slew(Time elapsed, Time correction) {
  begin_line(elapsed, plain(elapsed));
  to_slew_ = correction;
}

void SoftwareClock::step(Time elapsed, Time correction) {
  slew(elapsed, Time(0));
  base_ += correction;
}

void SoftwareClock::set_rate(Time elapsed, double rate) {
  begin_line(elapsed, plain(elapsed));
  rate_ = std::clamp(rate, -options_.most_rate, options_.most_rate);
}

void SoftwareClock::announce(Time elapsed, const std::optional<LeapSecond>& leap) {
  const Reading now = reading(elapsed);
  if (now.is_leap_second) return;
  begin_line(elapsed, now.utc);  // with the leap second that is over, if there was one
  leap_.reset();
  const bool is_ahead =
      leap && now.utc < leap->midnight - (leap->kind == LeapSecond::Kind::deleted ? kSecond : Time(0));
  if (is_ahead) leap_ = leap;
}

Time SoftwareClock::left(Time elapsed) const { return to_slew_ - Time(std::llround(slewed(elapsed))); }

}  // namespace wireproof
