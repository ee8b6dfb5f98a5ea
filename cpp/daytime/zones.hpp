#pragma once
// Time zones by the system's tz database (RFC 6557), through the C library.

#include <optional>
#include <string>
#include <string_view>

#include "daytime/local_time.hpp"
#include "loop/time.hpp"

namespace wireproof::daytime {

/// Most octets of a name.
constexpr std::size_t kLongestZone = 64;

/// Whether it has the form of a name of the database: words of letters, digits, "_", "-" and "+", parted by "/". No
/// path leaves the database's folder, since no word is ".."; and none of its other files has such a name, but those of
/// "posix" and "right" (which counts leap seconds, as POSIX does not), and "posixrules" and "localtime", which is
/// whatever this machine has.
bool is_zone_name(std::string_view name);

/// What a clock there shows at a moment; nothing when the database has no such zone. Sets the process's time zone (TZ,
/// tzset(3)): for programs of one thread.
std::optional<LocalTime> local_time(const std::string& zone, Time utc);

}  // namespace wireproof::daytime
