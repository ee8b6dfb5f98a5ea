#pragma once
// Dates in fields (RFC 9110, 5.6.7). Pure.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace wireproof::http {

/// Since 1970, UTC, as the file system and clocks have it.
using Seconds = std::chrono::seconds;

/// "Sun, 06 Nov 1994 08:49:37 GMT". Of years from 0 to 9999.
std::string http_date(Seconds time);

/// In that form, or one of the two old ones: "Sunday, 06-Nov-94 08:49:37 GMT", whose year is at most 50 years after
/// `now`, and "Sun Nov  6 08:49:37 1994". Nothing for all others, dates that do not exist among them; a wrong day of
/// the week is not minded.
std::optional<Seconds> parse_http_date(std::string_view text, Seconds now);

}  // namespace wireproof::http
