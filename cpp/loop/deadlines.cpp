#include "loop/deadlines.hpp"

#include <algorithm>
#include <utility>

namespace wireproof {

Deadlines::Deadlines(Loop& loop) : loop_(loop), timer_(loop.context()) { loop_.spawn(watch()); }

asio::awaitable<void> Deadlines::watch() {
  constexpr Time kLongest = std::chrono::hours(1);
  for (boost::system::error_code error;;) {
    awaited_ = queue_->empty() ? kNever : queue_->begin()->first;
    timer_.expires_after(awaited_ == kNever ? kLongest : std::clamp(awaited_ - loop_.now(), Time(0), kLongest));
    co_await timer_.async_wait(into(error));
    if (!error) expire();
  }
}

void Deadlines::expire() {
  const Time now = loop_.now();
  while (!queue_->empty() && queue_->begin()->first <= now) {
    Deadline& first = *queue_->begin()->second;
    queue_->erase(queue_->begin());
    first.place_ = queue_->end();
    if (first.at_ == kNever) continue;
    if (first.at_ > now) {
      first.place_ = queue_->emplace(first.at_, &first);
      continue;
    }
    first.at_ = kNever;
    first.expired_();
  }
}

Deadline::Deadline(Deadlines& deadlines, std::function<void()> expired)
    : deadlines_(deadlines), queue_(deadlines.queue_), expired_(std::move(expired)), place_(queue_->end()) {}

Deadline::~Deadline() {
  if (place_ != queue_->end()) queue_->erase(place_);
}

void Deadline::set(Time at) {
  at_ = at;
  if (at == kNever || (place_ != queue_->end() && place_->first <= at)) return;
  if (place_ != queue_->end()) queue_->erase(place_);
  place_ = queue_->emplace(at, this);
  if (at < deadlines_.awaited_) deadlines_.timer_.cancel();
}

}  // namespace wireproof
