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
    : configurations_{configuration, std::move(configuration)},
      start_(start),
      directions_{Direction(seed_of(configurations_[0], Side::forward), configurations_[0].settings(Side::forward),
                            start, report_for(report, Side::forward)),
                  Direction(seed_of(configurations_[1], Side::backward), configurations_[1].settings(Side::backward),
                            start, report_for(report, Side::backward))} {}

void Link::arrive(Side side, Bytes frame, std::size_t length, nanoseconds at) {
  change_until(side, at);
  if (length > frame.size()) {
    direction(side).arrive_too_big(frame, length, at);
  } else {
    direction(side).arrive(frame, at);
  }
}

std::optional<Packet> Link::leave(Side side, nanoseconds now) {
  change_until(side, now);
  return direction(side).leave(now);
}

nanoseconds Link::next(Side side) const {
  const nanoseconds change = configuration(side).next_change();
  return std::min(direction(side).next(), change == kNever ? kNever : start_ + change);
}

void Link::set(const boost::json::object& patch, nanoseconds at) {
  for (const Side side : kSides) change_until(side, at);
  auto changed = configurations_;  // both, or none
  for (Configuration& configuration : changed) configuration.set(patch);
  configurations_ = std::move(changed);
  for (const Side side : kSides) direction(side).set(configuration(side).settings(side), at);
}

void Link::change_until(Side side, nanoseconds now) {
  Configuration& configuration = configurations_[static_cast<std::size_t>(side)];
  for (nanoseconds change = configuration.next_change(); change != kNever && start_ + change <= now;
       change = configuration.next_change()) {
    configuration.advance();
    direction(side).set(configuration.settings(side), start_ + change);
  }
}

}  // namespace wireproof::wire
