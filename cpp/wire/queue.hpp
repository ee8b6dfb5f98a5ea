#pragma once
// The queue before the line: what waits, how much may, and what is dropped.

#include <deque>
#include <limits>
#include <memory>
#include <optional>

#include "wire/packet.hpp"
#include "wire/settings.hpp"

namespace wireproof::wire {

/// Is told what a queue does to packets.
class QueueObserver {
 public:
  virtual void dropped(const Packet& packet, Cause cause, nanoseconds at) = 0;
  virtual void marked() = 0;

 protected:
  ~QueueObserver() = default;
};

/// A bound in what can be counted; milliseconds have been turned into bytes.
struct Capacity {
  std::size_t packets = std::numeric_limits<std::size_t>::max();
  std::size_t bytes = std::numeric_limits<std::size_t>::max();
};

/// `rate` in bit/s is needed for milliseconds only.
Capacity capacity_of(const QueueBound& bound, double rate);

/// First in, first out. Drop-tail as it is: a packet that finds no room is dropped. Other disciplines derive from it.
class Queue {
 public:
  /// `frame_time`: what a full frame takes on the line.
  Queue(Capacity capacity, nanoseconds frame_time, QueueObserver& observer)
      : capacity_(capacity), frame_time_(frame_time), observer_(observer) {}
  virtual ~Queue() = default;

  /// Times never go back from call to call, here and below.
  virtual void enqueue(Packet packet, nanoseconds at);
  /// The next packet for the line, not necessarily front(); nothing when all that waited was dropped.
  virtual std::optional<Packet> dequeue(nanoseconds at);

  bool empty() const { return packets_.empty(); }
  const Packet& front() const { return packets_.front(); }
  std::size_t packets() const { return packets_.size(); }
  std::size_t bytes() const { return bytes_; }

  /// Another bound, or rate, from `at` on, and nothing else; what no longer fits is dropped from the tail.
  virtual void change(const QueueSettings& settings, double rate, nanoseconds at);
  /// Takes over what waits in another queue.
  void adopt(Queue& other, nanoseconds at);
  /// Drops all.
  void clear(Cause cause, nanoseconds at);

 protected:
  /// Whether a packet of this length may join; always when nothing waits.
  bool fits(std::size_t length) const;
  void append(Packet packet);
  Packet remove_front();
  void drop(const Packet& packet, Cause cause, nanoseconds at) { observer_.dropped(packet, cause, at); }
  void drop_front(Cause cause, nanoseconds at) { drop(remove_front(), cause, at); }
  QueueObserver& observer() { return observer_; }
  nanoseconds frame_time() const { return frame_time_; }

 private:
  void trim(nanoseconds at);

  Capacity capacity_;
  nanoseconds frame_time_;
  QueueObserver& observer_;
  std::deque<Packet> packets_;
  std::size_t bytes_ = 0;
};

/// A packet that finds no room pushes out the oldest.
class DropHeadQueue : public Queue {
 public:
  using Queue::Queue;
  void enqueue(Packet packet, nanoseconds at) override;
};

/// The discipline of `settings`; `rate` as for capacity_of().
std::unique_ptr<Queue> make_queue(const QueueSettings& settings, double rate, QueueObserver& observer);
/// What a full frame takes at that rate; 0 without one.
nanoseconds frame_time_at(double rate);

}  // namespace wireproof::wire
