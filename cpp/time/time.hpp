#pragma once
// Time as the cores know it: nanoseconds since any fixed point, handed in by whoever drives them.

#include <chrono>

namespace wireproof {

using Time = std::chrono::nanoseconds;

/// Later than everything that is scheduled.
constexpr Time kNever = Time::max();

inline double in_seconds(Time time) { return std::chrono::duration<double>(time).count(); }

}  // namespace wireproof
