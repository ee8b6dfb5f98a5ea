// Retries in virtual time.

#include "http_client/retries.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "../base/seeds.hpp"
#include "random/random.hpp"

namespace wireproof::http_client {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

TEST(MayRetry, WhatMayGoBetter) {
  for (const Cause cause : {Cause::refused, Cause::unreachable, Cause::reset, Cause::time_out, Cause::truncated}) {
    EXPECT_TRUE(may_retry({.cause = cause})) << word_of(cause);
  }
  for (const Cause cause : {Cause::unresolved, Cause::oversized, Cause::loop, Cause::malformed, Cause::scheme,
                            Cause::encoding, Cause::exists, Cause::file, Cause::interrupted}) {
    EXPECT_FALSE(may_retry({.cause = cause})) << word_of(cause);
  }
  const std::set<unsigned> passing = {408, 425, 429, 500, 502, 503, 504};
  for (unsigned status = 100; status < 600; ++status) {
    EXPECT_EQ(may_retry({.cause = Cause::status, .status = status}), passing.count(status) == 1) << status;
  }
}

TEST(MayRetry, NothingTwiceThatDoesSomethingTwice) {
  EXPECT_FALSE(may_retry({.cause = Cause::reset, .is_idempotent = false}));
  EXPECT_FALSE(may_retry({.cause = Cause::status, .status = 503, .is_idempotent = false}));
  EXPECT_TRUE(may_retry({.cause = Cause::refused, .is_idempotent = false, .was_sent = false}));
}

TEST(RetryAfter, IsSecondsOrADate) {
  const http::Seconds now = 784'111'777s;  // Sun, 06 Nov 1994 08:49:37 GMT
  EXPECT_EQ(retry_after({{"Retry-After", "120"}}, now), 120s);
  EXPECT_EQ(retry_after({{"Retry-After", "0"}}, now), 0s);
  EXPECT_EQ(retry_after({{"Retry-After", "Sun, 06 Nov 1994 08:50:37 GMT"}}, now), 60s);
  EXPECT_EQ(retry_after({{"Retry-After", "Sun, 06 Nov 1994 08:48:37 GMT"}}, now), 0s) << "it is over";
  EXPECT_EQ(
      retry_after({{"Retry-After", "Sun, 06 Nov 1994 08:50:37 GMT"}, {"Date", "Sun, 06 Nov 1994 08:50:27 GMT"}}, now),
      10s)
      << "by the clock of whom wrote it";
  EXPECT_EQ(retry_after({{"Retry-After", "99999999999999"}}, now), 24h);
  for (const char* const wrong : {"", "-1", "1.5", "soon", "1, 2"}) {
    EXPECT_EQ(retry_after({{"Retry-After", wrong}}, now), std::nullopt) << wrong;
  }
  EXPECT_EQ(retry_after({}, now), std::nullopt);
}

TEST(Retries, BackOff) {
  Retries retries({.retries = 10, .first = 1s, .most = 8s, .total = 1h}, 1, 0s);
  Time now{0};
  for (const Time step : {1s, 2s, 4s, 8s, 8s, 8s}) {
    const auto next = retries.next(now, {});
    ASSERT_TRUE(next);
    EXPECT_GE(*next - now, step / 2);
    EXPECT_LE(*next - now, step);
    now = *next;
  }
}

TEST(Retries, BeginAnewWithProgress) {
  Retries retries({.retries = 10, .first = 1s, .most = 60s, .total = 1h}, 1, 0s);
  for (int i = 0; i < 5; ++i) retries.next(0s, {});
  EXPECT_LE(*retries.next(0s, {.has_progress = true}), 1s);
}

TEST(Retries, WaitAsLongAsTheServerAsks) {
  Retries retries({.retries = 3, .first = 1s, .most = 60s, .total = 5min}, 1, 0s);
  EXPECT_EQ(retries.next(10s, {.cause = Cause::status, .status = 503, .retry_after = 120s}), 130s);
  EXPECT_EQ(retries.next(130s, {.cause = Cause::status, .status = 503, .retry_after = 171s}), std::nullopt);
  EXPECT_THAT(retries.given_up(), HasSubstr("would begin in 171 s, and 300 s is the bound"));
  EXPECT_EQ(retries.retries(), 1U);
}

TEST(Retries, TellWhyTheyEnd) {
  Retries none({.retries = 0}, 1, 0s);
  EXPECT_EQ(none.next(0s, {}), std::nullopt);
  EXPECT_EQ(none.given_up(), "");
  Retries one({.retries = 1}, 1, 0s);
  EXPECT_TRUE(one.next(0s, {}));
  EXPECT_EQ(one.next(1s, {}), std::nullopt);
  EXPECT_EQ(one.given_up(), "2 attempts were made");
}

TEST(Retries, OfClientsThatFailTogetherDoNotComeTogether) {
  std::set<Time> moments;
  for (std::uint64_t seed = 1; seed <= 1000; ++seed) moments.insert(*Retries({.retries = 1}, seed, 0s).next(0s, {}));
  EXPECT_GT(moments.size(), 990U);
  EXPECT_LT(*moments.begin(), 510ms);
  EXPECT_GT(*moments.rbegin(), 990ms);
}

TEST(Retries, OfAnyFailuresAreBounded) {
  std::uint64_t tried = 0;
  for (std::uint64_t seed = 1; seed <= testing::seeds(10000); ++seed) {
    Random random(seed);
    const RetryOptions options{static_cast<unsigned>(random.below(12)), std::chrono::milliseconds(random.below(5000)),
                               std::chrono::milliseconds(random.below(60000)), std::chrono::seconds(random.below(600))};
    const Time began = std::chrono::seconds(random.below(1000));
    Retries retries(options, seed, began);
    Time now = began;
    unsigned attempts = 1;
    for (;;) {
      now += std::chrono::milliseconds(random.below(20000));
      const Failed failed{
          static_cast<Cause>(random.below(15)),
          static_cast<unsigned>(400 + random.below(200)),
          random.below(4) == 0 ? std::optional<Time>(std::chrono::seconds(random.below(100))) : std::nullopt,
          random.below(4) != 0,
          random.below(4) != 0,
          random.below(2) == 0};
      const auto next = retries.next(now, failed);
      if (!next) break;
      ASSERT_TRUE(may_retry(failed)) << "seed " << seed;
      EXPECT_LE(*next, began + options.total) << "seed " << seed;
      EXPECT_GE(*next, now + failed.retry_after.value_or(Time(0))) << "seed " << seed;
      EXPECT_LE(*next - now, std::max(options.most, failed.retry_after.value_or(Time(0)))) << "seed " << seed;
      now = *next;
      ++attempts;
      ++tried;
    }
    EXPECT_LE(attempts, options.retries + 1) << "seed " << seed;
    EXPECT_EQ(retries.retries() + 1, attempts) << "seed " << seed;
  }
  EXPECT_GT(tried, testing::seeds(10000) / 5);
}

}  // namespace
}  // namespace wireproof::http_client
