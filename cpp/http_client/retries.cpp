#include "http_client/retries.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "bytes/decimal.hpp"

namespace wireproof::http_client {
namespace {

/// RFC 9110, 15.5.9, 15.6; RFC 6585, 4; RFC 8470, 5.2: those that say "not now".
bool is_passing(unsigned status) {
  return status == 408 || status == 425 || status == 429 || status == 500 || status == 502 || status == 503 ||
         status == 504;
}

}  // namespace

std::optional<Time> retry_after(const http::Fields& fields, http::Seconds now) {
  const std::string_view value = fields.value("Retry-After");
  constexpr http::Seconds kLongest = std::chrono::hours(24);
  if (const auto seconds = parse_decimal(value)) {
    return *seconds > static_cast<std::uint64_t>(kLongest.count()) ? kLongest : http::Seconds(*seconds);
  }
  const auto date = http::parse_http_date(value, now);
  if (!date) return std::nullopt;
  const http::Seconds then = http::parse_http_date(fields.value("Date"), now).value_or(now);
  return std::clamp(*date - then, http::Seconds(0), kLongest);
}

bool may_retry(const Failed& failed) {
  if (failed.was_sent && !failed.is_idempotent) return false;
  switch (failed.cause) {
    case Cause::refused:
    case Cause::unreachable:
    case Cause::reset:
    case Cause::time_out:
    case Cause::truncated:
      return true;
    case Cause::status:
      return is_passing(failed.status);
    default:
      return false;
  }
}

std::optional<Time> Retries::next(Time now, const Failed& failed) {
  given_up_.clear();
  if (options_.retries == 0 || !may_retry(failed)) return std::nullopt;
  if (retries_ == options_.retries) {
    given_up_ = fmt::format("{} attempts were made", retries_ + 1);
    return std::nullopt;
  }
  if (failed.has_progress) doublings_ = 0;
  constexpr unsigned kMostDoublings = 30;
  const Time step = std::min(options_.most, options_.first * (std::int64_t{1} << std::min(doublings_, kMostDoublings)));
  const auto half = std::chrono::round<Time>(step * (0.5 + 0.5 * random_.share()));
  const Time delay = std::max(half, failed.retry_after.value_or(Time(0)));
  if (delay > options_.total - (now - began_)) {
    given_up_ = fmt::format("the next attempt would begin in {:.0f} s, and {:.0f} s is the bound of all",
                            in_seconds(delay), in_seconds(options_.total));
    return std::nullopt;
  }
  ++retries_;
  ++doublings_;
  return now + delay;
}

}  // namespace wireproof::http_client
