#pragma once
// The cores' time: nanoseconds since any fixed point, handed in by whoever drives them.

#include <chrono>

namespace wireproof::hmtp {

using Time = std::chrono::nanoseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// Later than everything that is scheduled.
constexpr Time kNever = Time::max();

}  // namespace wireproof::hmtp
