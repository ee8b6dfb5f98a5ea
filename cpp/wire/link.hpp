#pragma once
// Both directions and their schedule, driven in virtual time. No clock, no sockets.

#include <array>

#include "wire/configuration.hpp"
#include "wire/direction.hpp"

namespace wireproof::wire {

using LinkDropReport = std::function<void(Side, const Packet&, Cause, nanoseconds)>;

/// Scheduled changes come exactly at their time between the packets, whenever the calls come.
class Link {
 public:
  /// The schedule and traces count from `start`.
  Link(Configuration configuration, nanoseconds start, const LinkDropReport& report);

  /// A frame comes in at one end, see Direction. `length` is more than the frame's when that is cut short.
  void arrive(Side side, Bytes frame, std::size_t length, nanoseconds at);
  /// The next packet of this side that is due at most at `now`.
  std::optional<Packet> leave(Side side, nanoseconds now);
  /// When next to call leave(), whether or not a packet comes out.
  nanoseconds next() const;

  /// See Configuration::set().
  void set(const boost::json::object& patch, nanoseconds at);

  Direction& direction(Side side) { return directions_[static_cast<std::size_t>(side)]; }
  const Direction& direction(Side side) const { return directions_[static_cast<std::size_t>(side)]; }
  const Configuration& configuration() const { return configuration_; }

 private:
  void change_until(nanoseconds now);
  void apply(nanoseconds at);

  Configuration configuration_;
  nanoseconds start_;
  std::array<Direction, 2> directions_;
};

}  // namespace wireproof::wire
