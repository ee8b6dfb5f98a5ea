#include "wire/bottleneck.hpp"

#include <algorithm>
#include <cmath>

namespace wireproof::wire {

TokenBucket::TokenBucket(double rate, std::size_t burst) : rate_(rate), burst_(cost(burst)) {}

TokenBucket::Picoseconds TokenBucket::cost(std::size_t bytes) const {
  return Picoseconds(std::llround(static_cast<double>(bytes) * 8e12 / rate_));
}

nanoseconds TokenBucket::ready(std::size_t length, nanoseconds since) const {
  if (full_at_ <= Picoseconds(since)) return since;
  const Picoseconds beyond = cost(length) - burst_;
  return std::max(since, std::chrono::ceil<nanoseconds>(full_at_ + std::min(beyond, Picoseconds(0))));
}

void TokenBucket::send(std::size_t length, nanoseconds, nanoseconds at) {
  // A frame that waited for the bucket leaves at the next whole nanosecond; what it waited too long is not lost.
  if (full_at_ + nanoseconds(1) <= Picoseconds(at)) full_at_ = at;
  full_at_ += cost(length);
}

void TokenBucket::change(double rate, std::size_t burst, nanoseconds at) {
  const Picoseconds now(at);
  const double owed = full_at_ > now ? static_cast<double>((full_at_ - now).count()) : 0;
  const double share = rate_ / rate;
  rate_ = rate;
  burst_ = cost(burst);
  full_at_ = now + Picoseconds(std::llround(owed * share));
}

TraceBottleneck::Place TraceBottleneck::take(std::size_t length, nanoseconds since) const {
  Place place = used_;
  if (since > place.time) {
    place.left = 0;
    place.next = std::max(place.next, trace_->first_from(since - start_));
  }
  for (std::size_t wanted = Trace::weight(length); wanted > 0;) {
    if (place.left == 0) {
      place.time = start_ + trace_->at(place.next++);
      place.left = Trace::kBytes;
    }
    const std::size_t taken = std::min(wanted, place.left);
    wanted -= taken;
    place.left -= taken;
  }
  return place;
}

}  // namespace wireproof::wire
