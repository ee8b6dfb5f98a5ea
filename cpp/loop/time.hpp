#pragma once
// The time of cores: nanoseconds since any fixed point, handed in by whoever drives them, a program or a simulation.

#include <chrono>

namespace wireproof {

using Time = std::chrono::nanoseconds;

/// Later than everything that is scheduled.
constexpr Time kNever = Time::max();

/// From an option in seconds.
inline Time time_of(double seconds) { return std::chrono::round<Time>(std::chrono::duration<double>(seconds)); }

/// For messages and reports.
inline double in_seconds(Time time) { return std::chrono::duration<double>(time).count(); }

}  // namespace wireproof
