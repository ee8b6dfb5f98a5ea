#include "http_balancer/health.hpp"

namespace wireproof::http_balancer {
namespace {

constexpr unsigned kWhole = 1000;
constexpr unsigned kTenth = kWhole / 10;

}  // namespace

bool Health::become(bool alive, Time now) {
  if (is_alive_ == alive) return false;
  is_alive_ = alive;
  passed_ = failed_ = unanswered_ = 0;
  back_at_ = kNever;
  if (alive) returned_ = now;
  ++changes_;
  return true;
}

bool Health::check_ended(bool passed, Time now, const Configuration& rules) {
  const bool is_first = !was_checked_;
  was_checked_ = true;
  if (passed) {
    failed_ = 0;
    ++passed_;
    return passed_ >= rules.rise && become(true, now);
  }
  passed_ = 0;
  ++failed_;
  return (is_first || failed_ >= rules.fall) && become(false, now);
}

bool Health::answered(bool well, Time now, const Configuration& rules) {
  if (well) {
    unanswered_ = 0;
    return false;
  }
  ++unanswered_;
  if (unanswered_ < rules.eject || !become(false, now)) return false;
  if (rules.check_interval == Time{0}) back_at_ = now + rules.eject_time;
  return true;
}

bool Health::advance(Time now, const Configuration& rules) {
  // A reload may have taken the checks away that would have brought it back.
  if (!is_alive_ && back_at_ == kNever && rules.check_interval == Time{0}) back_at_ = now + rules.eject_time;
  if (now < back_at_) return false;
  become(true, now);
  unanswered_ = rules.eject - 1;
  return true;
}

unsigned Health::share(Time now, const Configuration& rules) const {
  if (returned_ == kNever || now - returned_ >= rules.slow_start) return kWhole;
  // In doubles: nanoseconds times a thousand may be more than 64 bits hold.
  const double part = in_seconds(now - returned_) / in_seconds(rules.slow_start);
  return kTenth + static_cast<unsigned>(part * (kWhole - kTenth));
}

}  // namespace wireproof::http_balancer
