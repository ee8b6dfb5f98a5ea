#pragma once
// What tv-probe says in the end, as JSON and as lines for people.

#include <string>
#include <vector>

#include "base/json_object.hpp"
#include "mpegts/profile.hpp"
#include "tv/rate_windows.hpp"
#include "tv/stream_monitor.hpp"

namespace wireproof::tv {

/// Live reception. `drops` is the kernel's count of datagrams dropped at the socket.
JsonObject reception_json(const StreamMonitor& monitor, std::uint64_t drops);
std::vector<std::string> reception_lines(const StreamMonitor& monitor, std::uint64_t drops);

/// A file. Without a clock in it the members that need one are left out.
JsonObject clip_json(const mpegts::Profile& profile);
std::vector<std::string> clip_lines(const mpegts::Profile& profile);

}  // namespace wireproof::tv
