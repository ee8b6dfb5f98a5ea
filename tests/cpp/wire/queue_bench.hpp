#pragma once
// A queue before a bottleneck, without the rest of a link.

#include <functional>
#include <memory>

#include "transcript.hpp"
#include "wire/bottleneck.hpp"
#include "wire/queue.hpp"

namespace wireproof::wire::testing {

using MakeQueue = std::function<std::unique_ptr<Queue>(QueueObserver&)>;

/// Sends arrivals through; a packet's random numbers come from its number, its bytes are those of numbered().
class QueueBench : private QueueObserver {
 public:
  QueueBench(const MakeQueue& make, Bottleneck& line) : line_(line), queue_(make(*this)) {}

  /// `capable`: of being marked (ECN, RFC 3168) instead of dropped.
  const Transcript& run(const std::vector<Arrival>& arrivals, bool capable = false) {
    for (const Arrival& arrival : arrivals) {
      serve(arrival.time);
      Packet packet;
      packet.index = seen_.in.size();
      packet.bytes = numbered(packet.index, arrival.length, arrival.port);
      if (capable) packet.bytes[15] |= 2;
      packet.arrived = arrival.time;
      packet.random = PacketRandom(1, packet.index);
      seen_.in.push_back({packet.index, arrival.time, arrival.length});
      queue_->enqueue(std::move(packet), arrival.time);
      serve(arrival.time);
      look();
    }
    serve(kNever);
    seen_.left_inside = queue_->packets();
    return seen_;
  }

  std::size_t marks() const { return marks_; }

 private:
  void dropped(const Packet& packet, Cause cause, nanoseconds at) override {
    seen_.dropped.push_back({number_in(packet.bytes), at, cause, packet.index});
  }
  void marked() override { ++marks_; }

  void serve(nanoseconds until) {
    while (!queue_->empty()) {
      const Packet& head = queue_->front();
      const nanoseconds since = std::max(free_, head.arrived);
      const nanoseconds ready = line_.ready(head.length(), since);
      if (ready > until) return;
      const auto packet = queue_->dequeue(ready);
      look();
      free_ = ready;
      if (!packet) continue;
      line_.send(packet->length(), since, ready);
      seen_.out.push_back({number_in(packet->bytes), ready, packet->length()});
    }
  }

  void look() {
    seen_.most_packets = std::max(seen_.most_packets, queue_->packets());
    seen_.most_bytes = std::max(seen_.most_bytes, queue_->bytes());
  }

  Bottleneck& line_;
  std::unique_ptr<Queue> queue_;
  Transcript seen_;
  nanoseconds free_{0};
  std::size_t marks_ = 0;
};

inline MakeQueue queue_of(QueueSettings settings, double rate) {
  return [=](QueueObserver& observer) { return make_queue(settings, rate, observer); };
}

}  // namespace wireproof::wire::testing
