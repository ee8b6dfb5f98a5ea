#pragma once
// What is told about packets, as JSON.

#include <string>

#include "base/json_object.hpp"
#include "wire/link.hpp"

namespace wireproof::wire {

/// Times are CLOCK_REALTIME, written as seconds.
std::string drop_line(nanoseconds time, Side side, const Packet& packet, Cause cause);
/// Adds the members "forward" and "backward".
void add_counters(JsonObject& object, const Link& link);

}  // namespace wireproof::wire
