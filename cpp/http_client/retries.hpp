#pragma once
// Whether and when a request that failed is tried again. Pure: whoever drives it hands in the time.

#include <optional>
#include <string>

#include "http/date.hpp"
#include "http/fields.hpp"
#include "http_client/cause.hpp"
#include "loop/time.hpp"
#include "random/random.hpp"

namespace wireproof::http_client {

struct RetryOptions {
  unsigned retries = 0;                  ///< after the first attempt
  Time first = std::chrono::seconds(1);  ///< between the first two attempts; doubled from each to the next
  Time most = std::chrono::seconds(60);  ///< between two attempts, unless the server asks for more
  Time total = std::chrono::minutes(5);  ///< no attempt begins later than this after the first
};

/// How an attempt failed.
struct Failed {
  Cause cause = Cause::reset;
  unsigned status = 0;                ///< of Cause::status
  std::optional<Time> retry_after{};  ///< as the server asked (RFC 9110, 10.2.3)
  bool is_idempotent = true;          ///< asking twice does no more than asking once (RFC 9110, 9.2.2)
  bool was_sent = true;               ///< something of the request may have come to the server
  bool has_progress = false;          ///< the next attempt begins where this one has got to
};

class Retries {
 public:
  /// `seed`: of the jitter, so that clients which failed together do not come back together.
  Retries(const RetryOptions& options, std::uint64_t seed, Time now) : options_(options), random_(seed), began_(now) {}

  /// When the next attempt begins; nothing: not at all.
  std::optional<Time> next(Time now, const Failed& failed);

  /// Made until now.
  unsigned retries() const { return retries_; }
  /// Why next() gave nothing, when it was not for the failure itself; empty otherwise.
  const std::string& given_up() const { return given_up_; }

 private:
  RetryOptions options_;
  Random random_;
  Time began_;
  unsigned retries_ = 0;
  unsigned doublings_ = 0;
  std::string given_up_;
};

/// What Retry-After asks for (RFC 9110, 10.2.3): so many seconds, or until a date, which is compared with the server's
/// own Date if that is there, else with `now`. Nothing where it is not there or malformed; a day at most.
std::optional<Time> retry_after(const http::Fields& fields, http::Seconds now);

/// Whether another attempt may go better, and does no harm.
bool may_retry(const Failed& failed);

}  // namespace wireproof::http_client
