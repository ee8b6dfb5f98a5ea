#include "wire/link.hpp"

namespace wireproof::wire {
namespace {

std::uint64_t seed_of(const Configuration& configuration, Side side) {
  return scramble(configuration.seed()) + static_cast<std::uint64_t>(side);
}

DropReport report_for(const LinkDropReport& report, Side side) {
  if (!report) return {};
  return [report, side](const Packet& packet, Cause cause, nanoseconds at) { report(side, packet, cause, at); };
}

}  // namespace

Link::Link(Configuration configuration, nanoseconds start, const LinkDropReport& report)
    : configuration_(std::move(configuration)),
      start_(start),
      directions_{Direction(seed_of(configuration_, Side::forward), configuration_.settings(Side::forward), start,
                            report_for(report, Side::forward)),
                  Direction(seed_of(configuration_, Side::backward), configuration_.settings(Side::backward), start,
                            report_for(report, Side::backward))} {}

void Link::arrive(Side side, Bytes frame, std::size_t length, nanoseconds at) {
  change_until(at);
  if (length > frame.size()) {
    direction(side).arrive_too_big(frame, length, at);
  } else {
    direction(side).arrive(frame, at);
  }
}

std::optional<Packet> Link::leave(Side side, nanoseconds now) {
  change_until(now);
  return direction(side).leave(now);
}

nanoseconds Link::next() const {
  nanoseconds next = std::min(directions_[0].next(), directions_[1].next());
  const nanoseconds change = configuration_.next_change();
  if (change != kNever) next = std::min(next, start_ + change);
  return next;
}

void Link::set(const boost::json::object& patch, nanoseconds at) {
  change_until(at);
  configuration_.set(patch);
  apply(at);
}

void Link::change_until(nanoseconds now) {
  for (nanoseconds change = configuration_.next_change(); change != kNever && start_ + change <= now;
       change = configuration_.next_change()) {
    configuration_.advance();
    apply(start_ + change);
  }
}

void Link::apply(nanoseconds at) {
  for (const Side side : kSides) direction(side).set(configuration_.settings(side), at);
}

}  // namespace wireproof::wire
