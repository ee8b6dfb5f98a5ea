#pragma once
// Controlled delay (RFC 8289): drops by how long packets waited, not by how many wait.

#include "wire/queue.hpp"

namespace wireproof::wire {

/// The RFC's section 5, under its names. The tail is dropped when there is no room.
class CodelQueue : public Queue {
 public:
  CodelQueue(Capacity capacity, nanoseconds frame_time, QueueObserver& observer, const QueueSettings& settings)
      : Queue(capacity, frame_time, observer),
        target_(settings.codel.target),
        interval_(settings.codel.interval),
        ecn_(settings.ecn) {}

  std::optional<Packet> dequeue(nanoseconds at) override;

 private:
  /// The next packet, and whether it and those before it waited too long for a whole interval.
  struct Next {
    std::optional<Packet> packet;
    bool ok_to_drop = false;
  };

  Next take(nanoseconds at);
  nanoseconds control_law(nanoseconds from) const;
  /// True when the packet stays: it was marked instead of dropped.
  bool mark_or_drop(Packet& packet, nanoseconds at);

  nanoseconds target_;
  nanoseconds interval_;
  bool ecn_;
  std::optional<nanoseconds> first_above_time_;
  nanoseconds drop_next_{0};
  unsigned count_ = 0;
  unsigned last_count_ = 0;
  bool dropping_ = false;
};

}  // namespace wireproof::wire
