#pragma once
// The core's time.

#include "loop/time.hpp"

namespace wireproof::wire {

using std::chrono::nanoseconds;
using wireproof::kNever;

}  // namespace wireproof::wire
