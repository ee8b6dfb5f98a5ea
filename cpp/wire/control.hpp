#pragma once
// Control lines: JSON objects on standard input, each answered by one on standard output.

#include <string>
#include <string_view>

#include "wire/link.hpp"

namespace wireproof::wire {

constexpr std::size_t kLongestControlLine = 65536;

/// {"counters": true} is answered by {"event": "counters", …}; keys of a direction are set and answered by
/// {"event": "set", "forward": {what holds now}, "backward": {…}}; anything else by {"event": "error", "message": "…"},
/// with nothing changed. `at` is the link's time, `time_of_day` what the answer says.
std::string answer_control(std::string_view line, Link& link, nanoseconds at, nanoseconds time_of_day);

/// The answer to a line that is longer than kLongestControlLine.
std::string refuse_long_line();

}  // namespace wireproof::wire
