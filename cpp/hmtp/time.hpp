#pragma once
// The cores' time, with the units that they are written in.

#include "loop/time.hpp"

namespace wireproof::hmtp {

using std::chrono::milliseconds;
using std::chrono::seconds;
using wireproof::kNever;
using wireproof::Time;

}  // namespace wireproof::hmtp
