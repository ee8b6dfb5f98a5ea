// RFC 6298, section 2, by numbers that were worked out by hand.

#include "request/round_trip_estimator.hpp"

#include <gtest/gtest.h>

namespace wireproof::request {
namespace {

using namespace std::chrono_literals;

TEST(RoundTripEstimator, BeginsWithASecond) {
  const RoundTripEstimator estimator({});
  EXPECT_EQ(estimator.timeout(), 1s);
  EXPECT_EQ(estimator.smoothed(), std::nullopt);
}

TEST(RoundTripEstimator, FollowsTheFormulasOfTheRfc) {
  RoundTripEstimator estimator({.least = 0s});
  estimator.sample(400ms);  // SRTT = R, RTTVAR = R / 2
  EXPECT_EQ(estimator.smoothed(), 400ms);
  EXPECT_EQ(estimator.variation(), 200ms);
  EXPECT_EQ(estimator.timeout(), 1200ms);
  estimator.sample(800ms);  // RTTVAR = 3/4 200 + 1/4 |400 - 800|, then SRTT = 7/8 400 + 1/8 800
  EXPECT_EQ(estimator.variation(), 250ms);
  EXPECT_EQ(estimator.smoothed(), 450ms);
  EXPECT_EQ(estimator.timeout(), 1450ms);
  estimator.sample(50ms);  // RTTVAR = 3/4 250 + 1/4 |450 - 50|, then SRTT = 7/8 450 + 1/8 50
  EXPECT_EQ(estimator.variation(), 287'500us);
  EXPECT_EQ(estimator.smoothed(), 400ms);
  EXPECT_EQ(estimator.timeout(), 1550ms);
}

TEST(RoundTripEstimator, KeepsItsBounds) {
  RoundTripEstimator estimator({});
  estimator.sample(10ms);
  EXPECT_EQ(estimator.timeout(), 1s) << "10 ms + 4 * 5 ms would be less";
  estimator.sample(200s);
  EXPECT_EQ(estimator.timeout(), 60s);
}

TEST(RoundTripEstimator, AddsAtLeastTheGranularityOfTheClock) {
  RoundTripEstimator estimator({.least = 0s, .granularity = 10ms});
  for (int i = 0; i < 200; ++i) estimator.sample(100ms);
  EXPECT_LT(estimator.variation(), 1us);
  EXPECT_EQ(estimator.timeout(), 110ms);
}

TEST(RoundTripEstimator, DoublesUntilASampleComes) {
  RoundTripEstimator estimator({});
  for (const Time expected : {2s, 4s, 8s, 16s, 32s, 60s, 60s}) {
    estimator.back_off();
    EXPECT_EQ(estimator.timeout(), expected);
  }
  estimator.sample(300ms);
  EXPECT_EQ(estimator.timeout(), 1s) << "300 ms + 4 * 150 ms";
  EXPECT_EQ(estimator.smoothed(), 300ms);
}

}  // namespace
}  // namespace wireproof::request
