#include "tv/pacer.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include <random>

#include "../mpegts/packets.hpp"
#include "base/histogram.hpp"
#include "tv/bit_rate.hpp"

namespace wireproof::tv {
namespace {

using namespace std::chrono_literals;

/// Runs a pacer in virtual time: waits end exactly when asked, or late by what `delay` says.
struct Simulation {
  struct Sent {
    Pacer::Send send;
    nanoseconds at{0};
  };

  explicit Simulation(Pacer pacer, const std::function<nanoseconds(std::size_t)>& delay = {},
                      std::size_t limit = 100000) {
    while (sent.size() < limit) {
      const Pacer::Action action = pacer.next(now);
      if (std::holds_alternative<Pacer::Done>(action)) return;
      if (const auto* const wait = std::get_if<Pacer::Wait>(&action)) {
        EXPECT_GT(wait->until, now) << "a wait that does not wait would spin";
        now = wait->until;
      } else {
        sent.push_back({std::get<Pacer::Send>(action), now});
        if (delay) now += delay(sent.size());
      }
    }
  }

  nanoseconds now{0};
  std::vector<Sent> sent;
};

constexpr std::uint64_t kClip = 4'785'540;

TEST(Pacer, SendsTheSheetsClipInItsOwnTime) {
  const Simulation run(Pacer(Timetable::constant(kClip, 638000), {}));
  ASSERT_EQ(run.sent.size(), 3637U);
  EXPECT_EQ(run.sent[0].at, 0ns);
  EXPECT_EQ(run.sent[1].at, nanoseconds(std::llround(1316 * 8 / 638000.0 * 1e9)));
  EXPECT_EQ(run.sent.back().at, nanoseconds(std::llround(3636 * 1316.0 * 8 / 638000 * 1e9))) << "no error adds up";
  std::uint64_t expected = 0;
  for (const auto& [send, at] : run.sent) {
    ASSERT_EQ(send.offset, expected);
    ASSERT_EQ(at, send.due);
    expected += send.length;
  }
  EXPECT_EQ(expected, kClip);
  EXPECT_EQ(run.sent.back().send.length, kClip % 1316);
}

TEST(Pacer, SendsTheSheetsDatagramEveryTenthOfASecond) {
  const Simulation run(Pacer(Timetable::constant(kClip, 638000), {.payload = 7975}));
  ASSERT_EQ(run.sent.size(), 601U);
  for (std::size_t k = 0; k < run.sent.size(); ++k) ASSERT_EQ(run.sent[k].at, k * 100ms);
}

TEST(Pacer, CatchesUpWithTheScheduleAfterADelayAndNeverRunsAhead) {
  const Simulation run(Pacer(Timetable::constant(100 * 1316, 1316 * 8 * 100), {}),
                       [](std::size_t count) { return count == 50 ? 95ms : 0ms; });
  ASSERT_EQ(run.sent.size(), 100U);
  for (const auto& [send, at] : run.sent) EXPECT_GE(at, send.due);
  EXPECT_EQ(run.sent[50].at, 490ms + 95ms);
  EXPECT_EQ(run.sent[58].at, 490ms + 95ms) << "overdue ones follow at once";
  EXPECT_EQ(run.sent[59].at, 590ms) << "and the rest keep their time";
  EXPECT_EQ(run.sent[99].at, 990ms);
}

TEST(Pacer, KeepsTheRateUnderAnyDelays) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::mt19937_64 random(seed);
    const Simulation run(Pacer(Timetable::constant(kClip, 638000), {}), [&](std::size_t) {
      return nanoseconds(random() % 30 == 0 ? random() % 100'000'000 : random() % 50'000);
    });
    ASSERT_EQ(run.sent.size(), 3637U) << "seed " << seed;
    for (const auto& [send, at] : run.sent) ASSERT_GE(at, send.due) << "seed " << seed;
    ASSERT_LT(run.sent.back().at - run.sent.back().send.due, 1s) << "seed " << seed;
  }
}

TEST(Pacer, StartsLaterInTheClipAtOnce) {
  const Timetable timetable = Timetable::constant(100 * 1316, 1316 * 8 * 100);
  const Simulation run(Pacer(timetable, {.begin = 40 * 1316}));
  ASSERT_EQ(run.sent.size(), 60U);
  EXPECT_EQ(run.sent[0].send.offset, 40U * 1316);
  EXPECT_EQ(run.sent[0].at, 0ns);
  EXPECT_EQ(run.sent[59].at, 590ms);
}

TEST(Pacer, LoopsWithoutAPause) {
  const Simulation run(Pacer(Timetable::constant(2000, 16000), {.payload = 1500, .begin = 500, .loop = true}), {}, 5);
  ASSERT_EQ(run.sent.size(), 5U);
  for (std::size_t k = 0; k < 5; ++k) {
    EXPECT_EQ(run.sent[k].send.offset, 500U);
    EXPECT_EQ(run.sent[k].at, k * 750ms);
  }
}

TEST(Pacer, EndsAtItsDuration) {
  const Timetable timetable = Timetable::constant(100 * 1316, 1316 * 8 * 100);
  EXPECT_EQ(Simulation(Pacer(timetable, {.duration = 100ms})).sent.size(), 10U) << "what is due at the end is not sent";
  EXPECT_EQ(Simulation(Pacer(timetable, {.loop = true, .duration = 2500ms})).sent.size(), 250U);
  EXPECT_EQ(Simulation(Pacer(timetable, {.duration = 0ms})).sent.size(), 0U);
  EXPECT_EQ(Simulation(Pacer(Timetable::immediate(1316 * 100), {.duration = 5ms}), [](std::size_t) { return 1ms; })
                .sent.size(),
            5U);
}

TEST(Pacer, SendsAllAtOnceWhenTold) {
  const Simulation run(Pacer(Timetable::immediate(kClip), {}));
  EXPECT_EQ(run.sent.size(), 3637U);
  EXPECT_EQ(run.now, 0ns);
}

TEST(Pacer, RefusesWhatWouldNeverEnd) {
  EXPECT_THROW(Pacer(Timetable::constant(10, 1), {.payload = 0}), std::invalid_argument);
  EXPECT_THROW(Pacer(Timetable::constant(10, 1), {.begin = 11}), std::invalid_argument);
  EXPECT_EQ(Simulation(Pacer(Timetable::constant(10, 1), {.begin = 10, .loop = true})).sent.size(), 0U);
}

mpegts::Profile profile_of(const std::vector<std::uint8_t>& stream) {
  mpegts::Profiler profiler;
  profiler.add(stream);
  return profiler.finish();
}

TEST(Timetable, TakesAConstantRateFromThePcrs) {
  const auto stream = mpegts::test::make_stream(4001, 638000);
  const Timetable timetable = Timetable::from_pcr(profile_of(stream), 0.5);
  EXPECT_TRUE(timetable.is_constant());
  EXPECT_NEAR(timetable.mean_rate(), 319000, 0.1);
}

TEST(Timetable, FollowsAVaryingRateFromPcrToPcr) {
  auto stream = mpegts::test::make_stream(1000, 400000);
  const std::uint64_t end = 1000 * 188 * 8 * (mpegts::kPcrFrequency / 1000) / 400;
  const auto faster = mpegts::test::make_stream(1000, 1200000, end);
  stream.insert(stream.end(), faster.begin(), faster.end());
  const Timetable timetable = Timetable::from_pcr(profile_of(stream), 1);
  EXPECT_FALSE(timetable.is_constant());
  EXPECT_NEAR(static_cast<double>(timetable.due(500 * 188).count()), 1.88e9, 1e6);
  EXPECT_NEAR(static_cast<double>(timetable.due(1000 * 188).count()), 3.76e9, 1e6);
  EXPECT_NEAR(static_cast<double>(timetable.due(1600 * 188).count()), 3.76e9 + 0.752e9, 1e6);
  nanoseconds before{-1};
  for (std::uint64_t offset = 0; offset <= stream.size(); offset += 47) {
    const nanoseconds due = timetable.due(offset);
    ASSERT_GE(due, before);
    before = due;
    ASSERT_EQ(timetable.due(timetable.offset_at(due)), due);
  }
}

TEST(Timetable, FindsThePlaceOfATime) {
  const Timetable timetable = Timetable::constant(1000, 8000);
  EXPECT_EQ(timetable.offset_at(0ns), 0U);
  EXPECT_EQ(timetable.offset_at(500ms), 500U);
  EXPECT_EQ(timetable.offset_at(5s), 1000U);
}

TEST(BitRate, ReadsWhatPeopleWrite) {
  EXPECT_EQ(parse_bit_rate("638k"), 638000);
  EXPECT_EQ(parse_bit_rate("638000"), 638000);
  EXPECT_EQ(parse_bit_rate("0.7M"), 700000);
  EXPECT_EQ(parse_bit_rate("1.5g"), 1.5e9);
  for (const char* const wrong : {"", "k", "0", "-5k", "638kb", "638 k", "1e3", "nan", "inf", "9999999g", "0x10"}) {
    EXPECT_FALSE(parse_bit_rate(wrong)) << wrong;
  }
}

TEST(Histogram, PercentilesAreSixPercentExact) {
  Histogram histogram;
  for (int i = 1; i <= 100000; ++i) histogram.add(nanoseconds(i * 10));
  EXPECT_NEAR(static_cast<double>(histogram.percentile(0.5).count()), 500000, 0.0626 * 500000);
  EXPECT_NEAR(static_cast<double>(histogram.percentile(0.99).count()), 990000, 0.0626 * 990000);
  EXPECT_EQ(histogram.max(), 1ms);
  EXPECT_EQ(histogram.percentile(1), 1ms);
}

TEST(Histogram, HoldsExtremes) {
  Histogram histogram;
  EXPECT_EQ(histogram.percentile(0.5), 0ns);
  histogram.add(-5ns);
  histogram.add(nanoseconds::max());
  EXPECT_EQ(histogram.percentile(0.5), 0ns);
  EXPECT_EQ(histogram.percentile(1), nanoseconds::max());
  for (std::int64_t value = 0; value < 100; ++value) {
    Histogram one;
    one.add(nanoseconds(value));
    EXPECT_EQ(one.percentile(0.5).count(), value);
  }
}

}  // namespace
}  // namespace wireproof::tv
