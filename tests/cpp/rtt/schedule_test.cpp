// When probes are due.

#include "rtt/schedule.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace wireproof::rtt {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

/// All that it gives when it is asked at the very time.
std::map<std::size_t, std::vector<Time>> all(Schedule& schedule) {
  std::map<std::size_t, std::vector<Time>> times;
  while (schedule.next() != kNever) {
    const Time now = schedule.next();
    times[schedule.take(now).value()].push_back(now);
  }
  return times;
}

TEST(Schedule, HasOneIntervalForAllAndSpreadsThem) {
  Schedule schedule({.interval = 1s, .duration = 3s}, 4, 10s, 1);
  const auto times = all(schedule);
  EXPECT_THAT(times.at(0), ElementsAre(10s, 11s, 12s));
  EXPECT_THAT(times.at(1), ElementsAre(10250ms, 11250ms, 12250ms));
  EXPECT_THAT(times.at(2), ElementsAre(10500ms, 11500ms, 12500ms));
  EXPECT_THAT(times.at(3), ElementsAre(10750ms, 11750ms, 12750ms));
  EXPECT_EQ(schedule.missed(), 0U);
}

TEST(Schedule, GivesNothingBeforeItsTime) {
  Schedule schedule({.interval = 1s, .duration = 3s}, 1, 10s, 1);
  EXPECT_EQ(schedule.take(10s - 5ms - 1ns), std::nullopt) << "or only a two hundredth of the interval";
  EXPECT_EQ(schedule.take(10s - 5ms), 0U);
  EXPECT_EQ(schedule.take(10s), std::nullopt);
  EXPECT_EQ(schedule.next(), 11s);
}

TEST(Schedule, LeavesOutWhatIsPastByMoreThanAnInterval) {
  Schedule schedule({.interval = 1s, .duration = 20s}, 1, 0s, 1);
  EXPECT_EQ(schedule.take(0s), 0U);
  EXPECT_EQ(schedule.take(10500ms), 0U) << "that of 10 s";
  EXPECT_EQ(schedule.missed(), 9U) << "1 s to 9 s";
  EXPECT_EQ(schedule.take(10500ms), std::nullopt) << "no burst";
  EXPECT_EQ(schedule.next(), 11s);
}

TEST(Schedule, OfThousandAddressesWakesForSomeAtOnceAndNeverBursts) {
  Schedule schedule({.interval = 1s, .duration = 2s}, 1000, 0s, 1);
  std::vector<std::vector<Time>> times(1000);
  std::size_t wakes = 0;
  while (schedule.next() != kNever) {
    const Time now = schedule.next();
    std::size_t at_once = 0;
    while (const auto address = schedule.take(now)) {
      times[*address].push_back(now);
      ++at_once;
    }
    EXPECT_LE(at_once, 6U) << "of 1 ms each, within 5 ms";
    ++wakes;
  }
  EXPECT_LE(wakes, 335U);
  for (std::size_t i = 0; i < times.size(); ++i) {
    ASSERT_EQ(times[i].size(), 2U);
    const Time due = i * 1ms;
    EXPECT_LE(times[i][0], due);
    EXPECT_GE(times[i][0], due - 5ms);
    EXPECT_LE(times[i][1] - times[i][0], 1s + 5ms);
    EXPECT_GE(times[i][1] - times[i][0], 1s - 5ms);
  }
}

TEST(Schedule, OfPoissonIsNeverEarly) {
  Schedule schedule({.interval = 1s, .duration = 3s, .poisson = true}, 1, 10s, 1);
  EXPECT_EQ(schedule.take(schedule.next() - 1ns), std::nullopt);
  EXPECT_EQ(schedule.take(schedule.next()), 0U);
}

/// Of exponential gaps the mean is the interval, and so is the standard deviation; a share of exp(-1) is longer.
TEST(Schedule, IsAPoissonProcessForEachAddress) {
  Schedule schedule({.interval = 10ms, .duration = 200s, .poisson = true}, 2, 5s, 7);
  auto times = all(schedule);
  for (auto& [address, sent] : times) {
    EXPECT_NEAR(static_cast<double>(sent.size()), 20'000, 5 * std::sqrt(20'000)) << "five standard deviations";
    EXPECT_GE(sent.front(), 5s);
    EXPECT_LT(sent.back(), 205s);
    double squares = 0;
    std::size_t longer = 0;
    for (std::size_t i = 1; i < sent.size(); ++i) {
      const Time gap = sent[i] - sent[i - 1];
      ASSERT_GE(gap, 0s);
      squares += (in_seconds(gap) - 0.01) * (in_seconds(gap) - 0.01);
      longer += gap > 10ms ? 1 : 0;
    }
    EXPECT_NEAR(std::sqrt(squares / static_cast<double>(sent.size())), 0.01, 0.0005);
    EXPECT_NEAR(static_cast<double>(longer) / static_cast<double>(sent.size()), std::exp(-1), 0.02);
  }
  EXPECT_NE(times[0], times[1]) << "each has its own";
}

TEST(Schedule, IsTheSameForTheSameSeed) {
  Schedule one({.interval = 10ms, .duration = 1s, .poisson = true}, 3, 0s, 7);
  Schedule same({.interval = 10ms, .duration = 1s, .poisson = true}, 3, 0s, 7);
  Schedule other({.interval = 10ms, .duration = 1s, .poisson = true}, 3, 0s, 8);
  const auto times = all(one);
  EXPECT_EQ(times, all(same));
  EXPECT_NE(times, all(other));
}

}  // namespace
}  // namespace wireproof::rtt
