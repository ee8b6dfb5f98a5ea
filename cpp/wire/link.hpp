#pragma once
// Both directions and their schedule, driven in virtual time. No clock, no sockets.

#include <algorithm>
#include <array>

#include "wire/configuration.hpp"
#include "wire/direction.hpp"

namespace wireproof::wire {

/// Is called by who calls for that side.
using LinkDropReport = std::function<void(Side, const Packet&, Cause, nanoseconds)>;

/// Scheduled changes come exactly at their time between the packets of each direction, whenever the calls come, and
/// however far the other direction is. The sides share nothing that changes: arrive(), leave(), next() and direction()
/// of one may be called while another thread calls those of the other, but nobody beside set().
class Link {
 public:
  /// The schedule and traces count from `start`.
  Link(Configuration configuration, nanoseconds start, const LinkDropReport& report);

  /// A frame comes in at one end, see Direction. `length` is more than the frame's when that is cut short.
  void arrive(Side side, Bytes frame, std::size_t length, nanoseconds at);
  /// The next packet of this side that is due at most at `now`.
  std::optional<Packet> leave(Side side, nanoseconds now);
  /// When next to call leave() for this side, whether or not a packet comes out.
  nanoseconds next(Side side) const;
  /// Of both.
  nanoseconds next() const { return std::min(next(Side::forward), next(Side::backward)); }

  /// See Configuration::set().
  void set(const boost::json::object& patch, nanoseconds at);

  Direction& direction(Side side) { return directions_[static_cast<std::size_t>(side)]; }
  const Direction& direction(Side side) const { return directions_[static_cast<std::size_t>(side)]; }
  /// As far as that direction has come.
  const Configuration& configuration(Side side) const { return configurations_[static_cast<std::size_t>(side)]; }

 private:
  void change_until(Side side, nanoseconds now);

  /// One for each direction: frames of before a change may come in on one when the other is past it already.
  std::array<Configuration, 2> configurations_;
  nanoseconds start_;
  std::array<Direction, 2> directions_;
};

}  // namespace wireproof::wire
