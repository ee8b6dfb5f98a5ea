// RFC 2681, section 4, by numbers that were worked out by hand.

#include "rtt/statistics.hpp"

#include <gtest/gtest.h>

namespace wireproof::rtt {
namespace {

using namespace std::chrono_literals;

/// The example of docs/protocols/rtt.md.
const std::vector<Time> kExample = {100ms, 110ms, kNever, 90ms, 500ms};

TEST(Statistics, OfTheExample) {
  const Statistics statistics(kExample);
  EXPECT_EQ(statistics.percentile(50), 110ms);
  EXPECT_EQ(statistics.percentile(80), 500ms);
  EXPECT_EQ(statistics.percentile(80.1), kNever);
  EXPECT_EQ(statistics.percentile(90), kNever);
  EXPECT_EQ(statistics.percentile(100), kNever);
  EXPECT_EQ(statistics.percentile(20), 90ms);
  EXPECT_EQ(statistics.percentile(0), 90ms);
  EXPECT_EQ(statistics.minimum(), 90ms);
  EXPECT_EQ(statistics.median(), 110ms);
  EXPECT_EQ(statistics.inverse_percentile(103ms), 0.4);
  EXPECT_EQ(statistics.inverse_percentile(90ms), 0.2);
  EXPECT_EQ(statistics.inverse_percentile(kNever), 0.8) << "what did not come is within no time";
  EXPECT_EQ(statistics.mean_of_finite(), 200ms);
  EXPECT_EQ(statistics.maximum_of_finite(), 500ms);
}

TEST(Statistics, MedianOfAnEvenNumberIsTheMeanOfTheTwoInTheMiddle) {
  EXPECT_EQ(Statistics({40ms, 10ms, 20ms, 30ms}).median(), 25ms);
  EXPECT_EQ(Statistics({40ms, 10ms, 20ms, 30ms}).percentile(50), 20ms);
  EXPECT_EQ(Statistics({10ms, 20ms, kNever, kNever}).median(), kNever) << "one of the two is infinite";
  EXPECT_EQ(Statistics({10ms, 20ms, 30ms, kNever}).median(), 25ms) << "over all, not over those that came";
}

TEST(Statistics, WhereMostAreLostTheMedianIsInfinite) {
  const Statistics statistics({1ms, kNever, kNever});
  EXPECT_EQ(statistics.median(), kNever);
  EXPECT_EQ(statistics.minimum(), 1ms);
  EXPECT_EQ(statistics.mean_of_finite(), 1ms);
}

TEST(Statistics, WhereAllAreLostNothingIsFinite) {
  const Statistics statistics({kNever, kNever});
  EXPECT_EQ(statistics.minimum(), kNever);
  EXPECT_EQ(statistics.median(), kNever);
  EXPECT_EQ(statistics.mean_of_finite(), std::nullopt);
  EXPECT_EQ(statistics.maximum_of_finite(), std::nullopt);
  EXPECT_EQ(statistics.inverse_percentile(1h), 0.0);
}

TEST(Statistics, OfNothingAreUndefined) {
  const Statistics statistics({});
  EXPECT_EQ(statistics.minimum(), std::nullopt);
  EXPECT_EQ(statistics.median(), std::nullopt);
  EXPECT_EQ(statistics.percentile(99), std::nullopt);
  EXPECT_EQ(statistics.inverse_percentile(1s), std::nullopt);
}

TEST(Statistics, PercentilesAreTheSmallestValueThatIsEnough) {
  std::vector<Time> values;
  for (int i = 1; i <= 100; ++i) values.emplace_back(i);
  const Statistics statistics(values);
  for (int percent = 1; percent <= 100; ++percent) EXPECT_EQ(statistics.percentile(percent), Time(percent));
  EXPECT_EQ(statistics.percentile(7.5), Time(8));
}

}  // namespace
}  // namespace wireproof::rtt
