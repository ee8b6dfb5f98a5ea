#pragma once
// What is told about packets, as JSON.

#include <string>

#include "wire/link.hpp"

namespace wireproof::wire {

/// Times are CLOCK_REALTIME, written as seconds.
std::string drop_line(nanoseconds time, Side side, const Packet& packet, Cause cause);
/// The members "forward" and "backward", without braces around.
std::string counter_members(const Link& link);
/// Seconds with nine digits behind the point.
std::string seconds_text(nanoseconds time);

}  // namespace wireproof::wire
