#pragma once
// The core's time: nanoseconds since any fixed point, handed in by whoever drives it.

#include <chrono>

namespace wireproof::wire {

using std::chrono::nanoseconds;

/// Later than everything that is scheduled.
constexpr nanoseconds kNever = nanoseconds::max();

}  // namespace wireproof::wire
