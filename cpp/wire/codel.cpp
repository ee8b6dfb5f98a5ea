#include "wire/codel.hpp"

#include <cmath>

#include "wire/ecn.hpp"

namespace wireproof::wire {

nanoseconds CodelQueue::control_law(nanoseconds from) const {
  return from + nanoseconds(std::llround(static_cast<double>(interval_.count()) / std::sqrt(count_)));
}

CodelQueue::Next CodelQueue::take(nanoseconds at) {
  Next next{Queue::dequeue(at), false};
  if (!next.packet) {
    first_above_time_.reset();
    return next;
  }
  if (at - next.packet->arrived < target_ || bytes() <= kFullFrame) {
    first_above_time_.reset();
  } else if (!first_above_time_) {
    first_above_time_ = at + interval_;
  } else {
    next.ok_to_drop = at >= *first_above_time_;
  }
  return next;
}

bool CodelQueue::mark_or_drop(Packet& packet, nanoseconds at) {
  if (ecn_ && mark_congestion(packet.bytes)) {
    observer().marked();
    return true;
  }
  drop(packet, Cause::codel, at);
  return false;
}

std::optional<Packet> CodelQueue::dequeue(nanoseconds at) {
  Next next = take(at);
  if (!next.packet) {
    dropping_ = false;
    return std::nullopt;
  }
  if (dropping_) {
    if (!next.ok_to_drop) dropping_ = false;
    while (dropping_ && at >= drop_next_) {
      ++count_;
      if (mark_or_drop(*next.packet, at)) {
        drop_next_ = control_law(drop_next_);
        break;
      }
      next = take(at);
      if (next.ok_to_drop) {
        drop_next_ = control_law(drop_next_);
      } else {
        dropping_ = false;
      }
    }
  } else if (next.ok_to_drop) {
    if (!mark_or_drop(*next.packet, at)) next = take(at);
    dropping_ = true;
    // Shortly after the last round of drops, go on with the rate of drops that controlled the queue then.
    const unsigned delta = count_ - last_count_;
    count_ = delta > 1 && at - drop_next_ < 16 * interval_ ? delta : 1;
    drop_next_ = control_law(at);
    last_count_ = count_;
  }
  return std::move(next.packet);
}

}  // namespace wireproof::wire
