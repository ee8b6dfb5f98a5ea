#pragma once
// Rates, times and shares as people write them. Strict: one spelling each, no spaces, no exponents.

#include <optional>
#include <string_view>

#include "wire/time.hpp"

namespace wireproof::wire {

constexpr double kMinRate = 1e3;   ///< bit/s
constexpr double kMaxRate = 1e12;  ///< bit/s
constexpr std::chrono::seconds kMaxTime(86400);

/// "64kbit", "0.7mbit", "2gbit", "5000bit" → bit/s. Nothing unless well-formed; any size.
std::optional<double> parse_rate(std::string_view text);
/// "50us", "10ms", "1.5s" → time. Nothing unless well-formed and at most kMaxTime; negative ones are not well-formed.
std::optional<nanoseconds> parse_time(std::string_view text);
/// "1%", "0.01%" → 0.01, 0.0001. Nothing unless well-formed; may be above 1.
std::optional<double> parse_share(std::string_view text);

/// The same time from a number of seconds; nothing unless it is 0 to kMaxTime.
std::optional<nanoseconds> time_from_seconds(double seconds);

}  // namespace wireproof::wire
