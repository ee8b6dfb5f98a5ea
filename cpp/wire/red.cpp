#include "wire/red.hpp"

#include <cmath>

#include "wire/ecn.hpp"

namespace wireproof::wire {
namespace {

/// In packets or bytes; milliseconds depend on the rate.
Red::Thresholds thresholds_of(const QueueSettings& settings, double rate) {
  const double unit = settings.bound.unit == QueueBound::Unit::milliseconds ? rate / 8e3 : 1;
  return {settings.red.minimum * unit, settings.red.maximum * unit};
}

}  // namespace

Red::Verdict Red::arrive(double queued, double idle, double chance) {
  if (queued > 0) {
    average_ += weight_ * (queued - average_);
  } else {
    average_ *= std::pow(1 - weight_, idle);
  }
  if (average_ < thresholds_.minimum) {
    count_ = -1;
    return Verdict::accept;
  }
  if (average_ >= thresholds_.maximum) {
    count_ = 0;
    return Verdict::forced;
  }
  ++count_;
  const double base = probability_ * (average_ - thresholds_.minimum) / (thresholds_.maximum - thresholds_.minimum);
  // Dividing by what is left spreads early drops evenly instead of geometrically (the paper's section 7).
  const double left = 1 - count_ * base;
  if (left > 0 && chance >= base / left) return Verdict::accept;
  count_ = 0;
  return Verdict::early;
}

RedQueue::RedQueue(const QueueSettings& settings, double rate, QueueObserver& observer)
    : Queue(capacity_of(settings.bound, rate), frame_time_at(rate), observer),
      red_(thresholds_of(settings, rate), settings.red.probability, settings.red.weight),
      ecn_(settings.ecn),
      in_packets_(settings.bound.unit == QueueBound::Unit::packets) {}

void RedQueue::enqueue(Packet packet, nanoseconds at) {
  const double queued = static_cast<double>(in_packets_ ? packets() : bytes());
  const double idle = empty() && frame_time().count() > 0
                          ? static_cast<double>((at - empty_since_).count()) / static_cast<double>(frame_time().count())
                          : 0;
  const auto verdict = red_.arrive(queued, idle, packet.random.share(PacketRandom::Purpose::red));
  if (verdict == Red::Verdict::forced) return drop(packet, Cause::red, at);
  if (verdict == Red::Verdict::early) {
    if (!ecn_ || !mark_congestion(packet.bytes)) return drop(packet, Cause::red, at);
    observer().marked();
  }
  Queue::enqueue(std::move(packet), at);
}

std::optional<Packet> RedQueue::dequeue(nanoseconds at) {
  auto packet = Queue::dequeue(at);
  if (empty()) empty_since_ = at;
  return packet;
}

void RedQueue::change(const QueueSettings& settings, double rate, nanoseconds at) {
  red_.set(thresholds_of(settings, rate));
  Queue::change(settings, rate, at);
}

}  // namespace wireproof::wire
