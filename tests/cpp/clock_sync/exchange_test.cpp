// Cristian's formulas by numbers, and what is refused.

#include "clock_sync/exchange.hpp"

#include <gtest/gtest.h>

#include "random/random.hpp"

namespace wireproof::clock_sync {
namespace {

using namespace std::chrono_literals;

constexpr Time kServerTime = std::chrono::seconds(1'700'000'000);
constexpr Assumptions kExact{.least_delay = 0s, .most_drift = 0};

TEST(Exchange, TakesTheMiddle) {
  const auto sample = sample_of({10s, kServerTime, kServerTime + 1ms, 10s + 21ms}, kExact);
  ASSERT_TRUE(sample);
  EXPECT_EQ(sample->round_trip, 20ms);
  EXPECT_EQ(sample->ahead, kServerTime + 1ms + 10ms - (10s + 21ms)) << "T3 and half of the round trip, at T4";
  EXPECT_EQ(sample->bound, 10ms);
  EXPECT_EQ(sample->at, 10s + 21ms);
}

TEST(Exchange, KnowsMoreWhenTheLeastDelayIsKnown) {
  EXPECT_EQ(sample_of({10s, kServerTime, kServerTime, 10s + 20ms}, {.least_delay = 8ms, .most_drift = 0})->bound, 2ms);
  EXPECT_EQ(sample_of({10s, kServerTime, kServerTime, 10s + 20ms}, {.least_delay = 10ms, .most_drift = 0})->bound, 0ms);
  EXPECT_FALSE(sample_of({10s, kServerTime, kServerTime, 10s + 20ms - 2ns}, {.least_delay = 10ms, .most_drift = 0}));
}

TEST(Exchange, CountsTheDriftDuringIt) {
  EXPECT_EQ(sample_of({10s, kServerTime, kServerTime, 12s}, {.least_delay = 0s, .most_drift = 100e-6})->bound,
            1s + 200us);
}

TEST(Exchange, RefusesWhatCannotHaveBeen) {
  EXPECT_FALSE(sample_of({10s, kServerTime, kServerTime, 10s - 1ns}, kExact)) << "answered before it was asked";
  EXPECT_FALSE(sample_of({10s, kServerTime, kServerTime - 1ns, 11s}, kExact)) << "the server's clock went backwards";
  EXPECT_FALSE(sample_of({10s, kServerTime, kServerTime + 2s, 11s}, kExact)) << "longer there than here";
  EXPECT_FALSE(sample_of({10s, Time::min(), Time::max(), 11s}, kExact));
  EXPECT_FALSE(sample_of({10s, Time::max(), Time::min(), 11s}, kExact));
  EXPECT_FALSE(sample_of({10s, Time(-1), Time(0), 11s}, kExact));
  EXPECT_TRUE(sample_of({10s, Time(0), Time(0), 11s}, kExact));
}

/// Whatever the two delays, the error is within the bound; it reaches it when one direction takes all of the time.
TEST(Exchange, IsWrongByItsBoundAtMost) {
  Random random(1);
  const auto up_to = [&](Time most) { return Time(static_cast<Time::rep>(random.below(most.count()))); };
  for (int i = 0; i < 100'000; ++i) {
    const Time least = up_to(50ms);
    const Time there = least + up_to(100ms);
    const Time back = least + up_to(100ms);
    const Time within = up_to(5ms);
    const Time ahead = kServerTime + up_to(1s);  // of the server before the client
    const Time asked = up_to(1s);
    const Exchange exchange{asked, asked + there + ahead, asked + there + within + ahead,
                            asked + there + within + back};
    const auto sample = sample_of(exchange, {.least_delay = least, .most_drift = 0});
    ASSERT_TRUE(sample);
    ASSERT_EQ(sample->round_trip, there + back);
    ASSERT_LE(std::chrono::abs(sample->ahead - ahead), sample->bound);
    ASSERT_LE(std::chrono::abs(std::chrono::abs(sample->ahead - ahead) - std::chrono::abs(there - back) / 2), 1ns);
  }
}

}  // namespace
}  // namespace wireproof::clock_sync
