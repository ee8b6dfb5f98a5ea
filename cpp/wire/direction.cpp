#include "wire/direction.hpp"

#include <utility>

#include "wire/delay.hpp"
#include "wire/loss.hpp"

namespace wireproof::wire {

using Purpose = PacketRandom::Purpose;

Direction::Direction(std::uint64_t seed, Settings settings, nanoseconds start, DropReport report)
    : settings_(std::move(settings)),
      report_(std::move(report)),
      now_(start),
      free_(start),
      last_due_(start),
      flows_(seed, kMaxFlows),
      rules_(settings_.rules),
      bottleneck_(make_bottleneck(start)),
      queue_(make_queue(settings_.queue, rate_for_queue(), *this)) {}

double Direction::rate_for_queue() const {
  return settings_.trace ? settings_.trace->mean_rate() : settings_.rate.value_or(0);
}

std::unique_ptr<Bottleneck> Direction::make_bottleneck(nanoseconds at) const {
  if (settings_.trace) return std::make_unique<TraceBottleneck>(settings_.trace, at);
  if (settings_.rate) return std::make_unique<TokenBucket>(*settings_.rate, settings_.burst);
  return std::make_unique<Unlimited>();
}

void Direction::set(Settings settings, nanoseconds at) {
  at = latest(at);
  serve(at);
  const Settings before = std::exchange(settings_, std::move(settings));
  if (settings_.rules_set != before.rules_set || settings_.rules != before.rules) rules_ = Rules(settings_.rules);
  change_bottleneck(before, at);
  change_queue(before, at);
  if (settings_.down) {
    if (staged_) dropped(*std::exchange(staged_, std::nullopt), Cause::down, at);
    queue_->clear(Cause::down, at);
  }
  plan_service(at);
  serve(at);
}

void Direction::change_bottleneck(const Settings& before, nanoseconds at) {
  if (settings_.rate && before.rate) {
    if (settings_.rate != before.rate || settings_.burst != before.burst) {
      static_cast<TokenBucket&>(*bottleneck_).change(*settings_.rate, settings_.burst, at);
    }
  } else if (settings_.rate != before.rate || settings_.trace != before.trace) {
    bottleneck_ = make_bottleneck(at);
  }
}

void Direction::change_queue(const Settings& before, nanoseconds at) {
  const double rate = rate_for_queue();
  QueueSettings comparable = before.queue;
  comparable.bound = settings_.queue.bound;
  if (settings_.queue.kind == DisciplineKind::red ? settings_.queue == before.queue : settings_.queue == comparable) {
    queue_->change(settings_.queue, rate, at);
    return;
  }
  auto queue = make_queue(settings_.queue, rate, *this);
  queue->adopt(*queue_, at);
  queue_ = std::move(queue);
}

Packet Direction::identify(Bytes frame, nanoseconds at) {
  ++counters_.received;
  Packet packet;
  if (!spare_.empty()) {
    packet.bytes = std::move(spare_.back());
    spare_.pop_back();
  }
  packet.bytes.assign(frame.begin(), frame.end());
  packet.flow = flow_of(frame, parse_headers(frame));
  packet.arrived = at;
  return packet;
}

void Direction::arrive(Bytes frame, nanoseconds at) {
  at = latest(at);
  serve(at);
  Packet packet = identify(frame, at);
  FlowState& flow = flows_.find(packet.flow);
  const bool lost = decide_loss(packet, flow);
  const bool lost_by_rule = rules_.lose(frame);
  ++flow.packets;
  if (settings_.down) return dropped(packet, Cause::down, at);
  if (lost_by_rule) return dropped(packet, Cause::rule, at);
  if (lost) return dropped(packet, Cause::loss, at);
  if (packet.random.happens(Purpose::duplicate, settings_.duplicate)) {
    Packet copy = packet;
    copy.random = packet.random.copy();
    if (settings_.delay.jitter.count() > 0) copy.normal = copy.random.normal();
    copy.ahead = false;
    ++counters_.duplicated;
    admit(std::move(packet), at);
    admit(std::move(copy), at);
  } else {
    admit(std::move(packet), at);
  }
}

void Direction::arrive_too_big(Bytes start, std::size_t length, nanoseconds at) {
  at = latest(at);
  serve(at);
  Packet packet = identify(start, at);
  packet.bytes.resize(length);
  packet.index = flows_.find(packet.flow).packets++;
  dropped(packet, Cause::too_big, at);
}

/// Draws all that depends on the packets of the flow before; true: lost.
bool Direction::decide_loss(Packet& packet, FlowState& flow) const {
  packet.index = flow.packets;
  packet.random = PacketRandom(flow.hash, flow.packets);
  const bool lost = is_lost(settings_.loss, packet.random, flow);
  packet.normal = draw_place(settings_.delay, packet.random, flow);
  if (settings_.reorder > 0 && flow.since_reorder + 1 >= settings_.reorder_gap &&
      packet.random.happens(Purpose::reorder, settings_.reorder)) {
    packet.ahead = true;
    flow.since_reorder = 0;
  } else {
    ++flow.since_reorder;
  }
  return lost;
}

/// Flips one bit behind the Ethernet header: a frame with another address would go astray instead.
void Direction::corrupt(Packet& packet) {
  if (packet.length() <= kEthernetHeader || !packet.random.happens(Purpose::corrupt, settings_.corrupt)) return;
  const std::uint64_t bit = packet.random.bits(Purpose::corrupt_place) % ((packet.length() - kEthernetHeader) * 8);
  packet.bytes[kEthernetHeader + bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
  ++counters_.corrupted;
}

void Direction::admit(Packet packet, nanoseconds at) {
  if (queued_packets() + flight_.packets() >= kMaxPackets ||
      queued_bytes() + flight_.bytes() + packet.length() > kMaxBytes) {
    return dropped(packet, Cause::overflow, at);
  }
  corrupt(packet);
  queue_->enqueue(std::move(packet), at);
  plan_service(at);
  serve(at);
}

void Direction::plan_service(nanoseconds now) {
  service_ = kNever;
  if (!staged_ && queue_->empty()) return;
  const Packet& head = staged_ ? *staged_ : queue_->front();
  service_ = bottleneck_->ready(head.length(), std::max(free_, head.arrived));
  if (service_ < now) {
    // The line was ready for this packet earlier, but another was the head then.
    free_ = now;
    service_ = bottleneck_->ready(head.length(), now);
  }
}

void Direction::serve(nanoseconds until) {
  while (service_ <= until) {
    const nanoseconds at = service_;
    std::optional<Packet> packet = staged_ ? std::exchange(staged_, std::nullopt) : queue_->dequeue(at);
    if (packet) {
      const nanoseconds since = std::max(free_, packet->arrived);
      if (bottleneck_->ready(packet->length(), since) > at) {
        staged_ = std::move(packet);
      } else {
        bottleneck_->send(packet->length(), since, at);
        free_ = at;
        launch(std::move(*packet), at);
      }
    }
    plan_service(at);
  }
}

void Direction::launch(Packet packet, nanoseconds at) {
  packet.due = packet.ahead ? at : at + delay_at(settings_.delay, packet.normal);
  if (settings_.delay.keep_order && !packet.ahead) packet.due = std::max(packet.due, last_due_);
  if (packet.due < last_due_) ++counters_.reordered;
  last_due_ = std::max(last_due_, packet.due);
  flight_.add(std::move(packet));
}

std::optional<Packet> Direction::leave(nanoseconds now) {
  serve(latest(now));
  if (flight_.next() > now) return std::nullopt;
  return flight_.take();
}

nanoseconds Direction::patience() const {
  return settings_.reorder > 0 ? nanoseconds(0) : least_delay(settings_.delay);
}

void Direction::sent(Packet&& packet) {
  ++counters_.passed;
  counters_.bytes += packet.length();
  if (spare_.size() < kMaxSpare) spare_.push_back(std::move(packet.bytes));
}

void Direction::dropped(const Packet& packet, Cause cause, nanoseconds at) {
  ++counters_.of(cause);
  if (report_) report_(packet, cause, at);
}

}  // namespace wireproof::wire
