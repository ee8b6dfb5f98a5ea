// The slope of uncertain measurements, and how uncertain it is.

#include "software_clock/drift_estimator.hpp"

#include <gtest/gtest.h>

#include "random/random.hpp"

namespace wireproof {
namespace {

using namespace std::chrono_literals;

constexpr Time kAhead = std::chrono::seconds(1'700'000'000);

TEST(DriftEstimator, KnowsNothingOfOneMoment) {
  DriftEstimator estimator;
  EXPECT_FALSE(estimator.drift());
  estimator.add(1s, kAhead, 1ms);
  EXPECT_FALSE(estimator.drift());
  estimator.add(1s, kAhead, 1ms);
  EXPECT_FALSE(estimator.drift());
}

TEST(DriftEstimator, GivesTheSlopeOfTwoMeasurements) {
  DriftEstimator estimator;
  estimator.add(0s, kAhead, 1ms);
  estimator.add(100s, kAhead + 5ms, 1ms);
  ASSERT_TRUE(estimator.drift());
  EXPECT_NEAR(estimator.drift()->rate, 50e-6, 1e-12);
  EXPECT_NEAR(estimator.drift()->error, 20e-6, 1e-12) << "2 ms of 100 s";
}

TEST(DriftEstimator, IsRightWithinItsError) {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    Random random(seed);
    DriftEstimator estimator(16);
    const double rate = 200e-6 * (random.share() - 0.5);
    Time elapsed{0};
    for (int i = 0; i < 40; ++i) {
      elapsed += 1s + Time(static_cast<Time::rep>(random.below(1'000'000'000)));
      const Time bound(static_cast<Time::rep>(random.below(1'000'000)));
      const double wrong = (2 * random.share() - 1) * in_seconds(bound);
      estimator.add(elapsed, kAhead + time_of(rate * in_seconds(elapsed) + wrong), bound);
      if (i == 0) continue;
      ASSERT_NEAR(estimator.drift()->rate, rate, estimator.drift()->error + 1e-8) << "seed " << seed;
    }
    EXPECT_LT(estimator.drift()->error, 200e-6) << "16 measurements in some 24 s";
  }
}

TEST(DriftEstimator, ForgetsWhatIsOldAndWhatItIsTold) {
  DriftEstimator estimator(2);
  estimator.add(0s, kAhead + 1h, 1ms);
  estimator.add(10s, kAhead, 1ms);
  estimator.add(20s, kAhead, 1ms);
  EXPECT_NEAR(estimator.drift()->rate, 0, 1e-12);
  estimator.forget();
  EXPECT_FALSE(estimator.drift());
}

}  // namespace
}  // namespace wireproof
