#pragma once
// Setting the host's clock, which is everybody's on it: for programs that were asked to.

#include "loop/time.hpp"

namespace wireproof {

/// Both need the right to (CAP_SYS_TIME), and throw Failure "set the host's clock: …".
void step_host_clock(Time by);
/// The kernel makes it gain or lose 500 microseconds a second until that is done (adjtime(3)).
void slew_host_clock(Time by);

}  // namespace wireproof
