#include "tv/player.hpp"

#include <algorithm>

namespace wireproof::tv {
namespace {

/// Differences below a nanosecond come from rounding.
constexpr double kEpsilon = 1e-9;

}  // namespace

double Player::Report::lost_share() const {
  const double whole = played_seconds + lost_seconds;
  return whole > 0 ? lost_seconds / whole : 0;
}

/// Takes up to `duration` seconds from the buffer; stalls at the moment it is empty.
void Player::play(double duration) {
  while (!buffer_.empty()) {
    Chunk& chunk = buffer_.front();
    const double frozen = std::min(chunk.hole, duration);
    chunk.hole -= frozen;
    report_.frozen_seconds += frozen;
    duration -= frozen;
    const double shown = std::min(chunk.seconds, duration);
    chunk.seconds -= shown;
    report_.played_seconds += shown;
    duration -= shown;
    level_seconds_ -= frozen + shown;
    if (chunk.hole > kEpsilon || chunk.seconds > kEpsilon) return;
    level_bytes_ -= chunk.bytes;
    buffer_.pop_front();
  }
  level_seconds_ = 0;
  // A stream that keeps exactly its own pace empties the buffer just when more comes: that is no stall yet.
  if (duration <= kEpsilon) return;
  state_ = State::stalled;
  stalled_since_ = now_ - duration;
  ++report_.stalls;
}

void Player::advance(double now) {
  if (!any_ || state_ == State::ended || now <= now_) return;
  const double passed = now - now_;
  now_ = now;
  if (state_ == State::playing) play(passed);
}

void Player::start_if_ready(bool full) {
  if (state_ == State::playing || state_ == State::ended) return;
  if (!full && level_seconds_ + kEpsilon < settings_.buffer_delay) return;
  if (state_ == State::buffering) {
    report_.startup_seconds = now_ - first_arrival_;
  } else {
    report_.stall_seconds += now_ - stalled_since_;
  }
  state_ = State::playing;
}

void Player::arrive(double now, std::size_t bytes, double seconds, double hole) {
  if (state_ == State::ended) return;
  if (!any_) {
    any_ = true;
    now_ = now;
    first_arrival_ = now;
  }
  advance(now);
  last_arrival_ = now_;
  report_.lost_seconds += hole;
  if (state_ == State::stalled && now_ > stalled_since_ + level_seconds_ + kEpsilon) {
    ++report_.late_chunks;
    report_.late_seconds += seconds;
  }
  if (bytes > settings_.buffer_bytes - level_bytes_) {
    report_.lost_bytes += bytes;
    report_.lost_seconds += seconds;
    ++report_.lost_chunks;
    start_if_ready(true);
    return;
  }
  buffer_.push_back({bytes, hole, seconds});
  level_bytes_ += bytes;
  level_seconds_ += hole + seconds;
  report_.peak_bytes = std::max(report_.peak_bytes, level_bytes_);
  report_.peak_seconds = std::max(report_.peak_seconds, level_seconds_);
  start_if_ready(false);
}

void Player::finish() {
  if (state_ == State::ended) return;
  if (state_ == State::stalled) {
    if (stalled_since_ >= last_arrival_) {
      --report_.stalls;
    } else {
      report_.stall_seconds += last_arrival_ - stalled_since_;
    }
  } else if (state_ == State::buffering && any_) {
    report_.startup_seconds = last_arrival_ - first_arrival_;
  }
  for (const Chunk& chunk : buffer_) {
    report_.frozen_seconds += chunk.hole;
    report_.played_seconds += chunk.seconds;
  }
  buffer_.clear();
  level_bytes_ = 0;
  level_seconds_ = 0;
  state_ = State::ended;
}

const char* to_string(Player::State state) {
  switch (state) {
    case Player::State::buffering:
      return "buffering";
    case Player::State::playing:
      return "playing";
    case Player::State::stalled:
      return "stalled";
    case Player::State::ended:
      return "ended";
  }
  return "unknown";
}

}  // namespace wireproof::tv
