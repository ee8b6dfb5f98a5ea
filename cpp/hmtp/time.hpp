#pragma once
// The cores' time, with the units that they are written in.

#include "loop/time.hpp"

namespace wireproof::hmtp {

using std::chrono::milliseconds;
using std::chrono::seconds;

}  // namespace wireproof::hmtp
