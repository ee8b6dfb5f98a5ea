// A clock in virtual time: continuous, never backwards but by a step, right beyond 2038 and 2106, leap seconds.

#include "software_clock/software_clock.hpp"

#include <gtest/gtest.h>

#include "random/random.hpp"
#include "software_clock/oscillator.hpp"

namespace wireproof {
namespace {

using namespace std::chrono_literals;
using std::chrono::seconds;

constexpr Time kStart = seconds(1'700'000'000);

TEST(SoftwareClock, GoesOnFromWhatItWasSetTo) {
  const SoftwareClock clock(10s, kStart);
  EXPECT_EQ(clock.utc(10s), kStart);
  EXPECT_EQ(clock.utc(10s + 1ns), kStart + 1ns);
  EXPECT_EQ(clock.utc(10s + 24h * 365), kStart + 24h * 365);
}

TEST(SoftwareClock, StepsAtOnceAndBackwardsToo) {
  SoftwareClock clock(0s, kStart);
  clock.step(5s, -3500ms);
  EXPECT_EQ(clock.utc(5s), kStart + 1500ms);
  clock.slew(6s, 1s);
  clock.step(6s, 2s);
  EXPECT_EQ(clock.left(6s), 0s) << "a step is in place of a slew";
  EXPECT_EQ(clock.utc(7s), kStart + 5500ms);
}

TEST(SoftwareClock, SlewsByAtMostItsRateAndNoFurther) {
  SoftwareClock clock(0s, kStart, {.most_slew = 500e-6});
  clock.slew(0s, 10ms);
  EXPECT_EQ(clock.utc(0s), kStart) << "not at once";
  EXPECT_EQ(clock.utc(1s), kStart + 1s + 500us);
  EXPECT_EQ(clock.left(1s), 9500us);
  EXPECT_EQ(clock.utc(20s), kStart + 20s + 10ms);
  EXPECT_EQ(clock.utc(1000s), kStart + 1000s + 10ms);
  EXPECT_EQ(clock.left(1000s), 0s);
}

TEST(SoftwareClock, SlewsBackWithoutGoingBackwards) {
  SoftwareClock clock(0s, kStart, {.most_slew = 0.4});
  clock.slew(0s, -1s);
  Time last = clock.utc(0s);
  for (Time elapsed = 0s; elapsed < 4s; elapsed += 1ms) {
    ASSERT_GE(clock.utc(elapsed), last);
    last = clock.utc(elapsed);
  }
  EXPECT_EQ(last, kStart + 4s - 1ms - 1s);
}

TEST(SoftwareClock, ANewSlewTakesThePlaceOfTheLast) {
  SoftwareClock clock(0s, kStart);
  clock.slew(0s, 10ms);
  clock.slew(1s, -1ms);
  EXPECT_EQ(clock.utc(100s), kStart + 100s + 500us - 1ms);
}

TEST(SoftwareClock, KeepsItsRateBesideASlew) {
  SoftwareClock clock(0s, kStart);
  clock.slew(0s, 1ms);
  clock.set_rate(1s, 100e-6);
  EXPECT_EQ(clock.left(1s), 500us);
  EXPECT_EQ(clock.utc(11s), kStart + 11s + 1ms + 1ms);
  clock.set_rate(11s, 1);
  EXPECT_EQ(clock.rate(), 500e-6) << "clamped";
  clock.set_rate(11s, -1);
  EXPECT_EQ(clock.rate(), -500e-6);
}

TEST(SoftwareClock, CorrectsAKnownDrift) {
  const Oscillator oscillator(50e-6);
  SoftwareClock clock(oscillator.at(0s), kStart);
  clock.set_rate(oscillator.at(0s), 1 / (1 + 50e-6) - 1);
  EXPECT_NEAR(in_seconds(clock.utc(oscillator.at(3600s)) - kStart), 3600, 1e-6);
  EXPECT_NEAR(in_seconds(oscillator.when(oscillator.at(3600s))), 3600, 1e-8);
  EXPECT_EQ(oscillator.when(kNever), kNever);
}

/// Thousands of slews, rates, and moments of reading: at no nanosecond does the clock go backwards, or jump.
TEST(SoftwareClock, IsContinuousWhateverIsSlewed) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Random random(seed);
    SoftwareClock clock(0s, kStart, {.most_slew = 0.4 * random.share() + 1e-6, .most_rate = 0.05});
    Time elapsed{0};
    Time last = clock.utc(elapsed);
    for (int i = 0; i < 300; ++i) {
      const Time pause(static_cast<Time::rep>(random.below(random.below(2) == 0 ? 3 : 2'000'000'000)));
      elapsed += pause;
      const Time now = clock.utc(elapsed);
      ASSERT_GE(now, last) << "seed " << seed;
      ASSERT_LE(now - last, 2 * pause + 2ns) << "seed " << seed;
      if (random.below(3) == 0) clock.slew(elapsed, Time(static_cast<Time::rep>(random.below(2'000'000'000))) - 1s);
      if (random.below(3) == 0) clock.set_rate(elapsed, 0.1 * (random.share() - 0.5));
      ASSERT_EQ(clock.utc(elapsed), now) << "a correction begins where the clock is; seed " << seed;
      last = now;
    }
  }
}

TEST(SoftwareClock, KnowsNoEdgeIn2036Nor2038Nor2106) {
  for (const std::int64_t edge : {2'085'978'496LL, 2'147'483'648LL, 4'294'967'296LL}) {
    SoftwareClock clock(0s, seconds(edge) - 1ns);
    EXPECT_EQ(clock.utc(1ns).count(), edge * 1'000'000'000);
    clock.slew(1ns, 1ms);
    EXPECT_EQ(clock.utc(10s + 1ns).count(), edge * 1'000'000'000 + 10'001'000'000);
  }
}

TEST(SoftwareClock, StandsStillInALeapSecond) {
  const Time midnight = seconds(1'483'228'800);  // the end of 2016, which had one
  SoftwareClock clock(0s, midnight - 2s);
  clock.announce(0s, LeapSecond{midnight});
  EXPECT_EQ(clock.utc(2s - 1ns), midnight - 1ns);
  EXPECT_FALSE(clock.reading(2s - 1ns).is_leap_second);
  EXPECT_EQ(clock.utc(2s), midnight - 1ns);
  EXPECT_TRUE(clock.reading(2s).is_leap_second);
  EXPECT_TRUE(clock.reading(3s - 1ns).is_leap_second);
  EXPECT_EQ(clock.utc(3s), midnight);
  EXPECT_FALSE(clock.reading(3s).is_leap_second);
  EXPECT_EQ(clock.utc(63s), midnight + 60s);
  clock.announce(63s, std::nullopt);
  EXPECT_EQ(clock.utc(63s), midnight + 60s) << "one that is over is not undone";
}

TEST(SoftwareClock, LeavesADeletedSecondOut) {
  const Time midnight = seconds(1'483'228'800);
  SoftwareClock clock(0s, midnight - 3s);
  clock.announce(0s, LeapSecond{midnight, LeapSecond::Kind::deleted});
  EXPECT_EQ(clock.utc(2s - 1ns), midnight - 1s - 1ns);
  EXPECT_EQ(clock.utc(2s), midnight);
}

TEST(SoftwareClock, TakesNoLeapSecondOfThePast) {
  SoftwareClock clock(0s, kStart);
  clock.announce(0s, LeapSecond{kStart - 1s});
  EXPECT_EQ(clock.utc(5s), kStart + 5s);
  clock.announce(5s, LeapSecond{kStart + 10s});
  clock.announce(6s, std::nullopt);
  EXPECT_EQ(clock.utc(20s), kStart + 20s) << "an announcement can be taken back";
}

}  // namespace
}  // namespace wireproof
