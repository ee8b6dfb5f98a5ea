#include "wire/queue.hpp"

#include <cmath>

#include "wire/codel.hpp"
#include "wire/red.hpp"

namespace wireproof::wire {

Capacity capacity_of(const QueueBound& bound, double rate) {
  Capacity capacity;
  switch (bound.unit) {
    case QueueBound::Unit::packets:
      capacity.packets = static_cast<std::size_t>(bound.amount);
      break;
    case QueueBound::Unit::bytes:
      capacity.bytes = static_cast<std::size_t>(bound.amount);
      break;
    case QueueBound::Unit::milliseconds:
      capacity.bytes = static_cast<std::size_t>(std::floor(bound.amount * rate / 8e3));
      break;
  }
  return capacity;
}

nanoseconds frame_time_at(double rate) {
  return nanoseconds(rate > 0 ? std::llround(static_cast<double>(kFullFrame) * 8e9 / rate) : 0);
}

void Queue::enqueue(Packet packet, nanoseconds at) {
  if (fits(packet.length())) {
    append(std::move(packet));
  } else {
    drop(packet, Cause::queue, at);
  }
}

std::optional<Packet> Queue::dequeue(nanoseconds) {
  if (empty()) return std::nullopt;
  return remove_front();
}

bool Queue::fits(std::size_t length) const {
  return empty() || (packets_.size() < capacity_.packets && bytes_ + length <= capacity_.bytes);
}

void Queue::append(Packet packet) {
  bytes_ += packet.length();
  packets_.push_back(std::move(packet));
}

Packet Queue::remove_front() {
  Packet packet = std::move(packets_.front());
  packets_.pop_front();
  bytes_ -= packet.length();
  return packet;
}

void Queue::trim(nanoseconds at) {
  while (packets_.size() > 1 && (packets_.size() > capacity_.packets || bytes_ > capacity_.bytes)) {
    const Packet last = std::move(packets_.back());
    packets_.pop_back();
    bytes_ -= last.length();
    drop(last, Cause::queue, at);
  }
}

void Queue::change(const QueueSettings& settings, double rate, nanoseconds at) {
  capacity_ = capacity_of(settings.bound, rate);
  frame_time_ = frame_time_at(rate);
  trim(at);
}

void Queue::adopt(Queue& other, nanoseconds at) {
  while (!other.empty()) append(other.remove_front());
  trim(at);
}

void Queue::clear(Cause cause, nanoseconds at) {
  while (!empty()) drop_front(cause, at);
}

void DropHeadQueue::enqueue(Packet packet, nanoseconds at) {
  while (!fits(packet.length())) drop_front(Cause::queue, at);
  append(std::move(packet));
}

std::unique_ptr<Queue> make_queue(const QueueSettings& settings, double rate, QueueObserver& observer) {
  const Capacity capacity = capacity_of(settings.bound, rate);
  const nanoseconds frame_time = frame_time_at(rate);
  switch (settings.kind) {
    case DisciplineKind::drop_head:
      return std::make_unique<DropHeadQueue>(capacity, frame_time, observer);
    case DisciplineKind::red:
      return std::make_unique<RedQueue>(settings, rate, observer);
    case DisciplineKind::codel:
      return std::make_unique<CodelQueue>(capacity, frame_time, observer, settings);
    case DisciplineKind::drop_tail:
      break;
  }
  return std::make_unique<Queue>(capacity, frame_time, observer);
}

}  // namespace wireproof::wire
