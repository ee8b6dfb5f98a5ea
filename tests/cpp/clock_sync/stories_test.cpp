// Clients that set their clocks by servers, in a simulated world: delays of any kind, loss, duplicates, restarts of the
// server with another time, drifting clocks. What theory says of the error holds for every round.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <optional>
#include <string>

#include "clock_simulation/story.hpp"
#include "clock_sync/quality.hpp"

namespace wireproof::clock_sync {
namespace {

using namespace std::chrono_literals;

/// What is broken in a story of an hour of rounds, if anything.
template <typename Client>
std::optional<std::string> breach(std::uint64_t seed) {
  Random random(mixed(seed, 99));
  const auto up_to = [&](Time most) { return Time(static_cast<Time::rep>(random.share() * most.count())); };
  const auto delay = [&] { return Delay{up_to(100ms), up_to(random.below(2) == 0 ? 1ms : 150ms)}; };
  Path path{delay(), delay(), static_cast<unsigned>(random.below(3) * 10), static_cast<unsigned>(random.below(3) * 10)};
  if (random.below(3) == 0) path.back = path.there;
  TimeClientOptions options;
  options.samples = 1 + static_cast<unsigned>(random.below(10));
  options.interval = 1s + up_to(100s);
  options.assumptions.least_delay = random.below(2) == 0 ? std::min(path.there.least, path.back.least) : 0ns;
  options.correction = std::array{Correction::automatic, Correction::step, Correction::slew}[random.below(3)];
  const double drift = 190e-6 * (random.share() - 0.5);
  Story<Client> story(seed, path, options, drift, up_to(4s) - 2s);
  story.run(1h);
  if (story.rounds().size() < 3) return "too few rounds";
  for (const Ended& ended : story.rounds()) {
    if (!ended.round.best) continue;
    const Sample& best = *ended.round.best;
    const Time error = std::chrono::abs(ended.round.offset - ended.true_offset);
    if (error > best.bound + 4ns)
      return fmt::format("wrong by {:.9f} s, bound {:.9f}", in_seconds(error), in_seconds(best.bound));
    const Time theory = best.round_trip / 2 - options.assumptions.least_delay;
    if (best.bound > theory + best.round_trip / 2000 + 2us) return "a bound above what theory says";
    const Time aged = time_of(120e-6 * in_seconds(ended.age)) + 10ns;
    if (ended.round.stepped && std::chrono::abs(ended.error) > best.bound + aged)
      return "a step that did not set it right";
    if (ended.round.drift && std::abs(ended.round.drift->rate + drift) > ended.round.drift->error + 1e-7) {
      return fmt::format("drift {} is called {}, give or take {}", -drift, ended.round.drift->rate,
                         ended.round.drift->error);
    }
    if (options.correction == Correction::slew && ended.round.stepped) return "a step where slewing was asked for";
  }
  if (options.correction == Correction::slew && story.most_backwards() > 0ns) return "it went backwards";
  return std::nullopt;
}

TEST(ClockSync, KeepsWhatTheoryPromises) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed)
    ASSERT_EQ(breach<TimeClient>(seed), std::nullopt) << "seed " << seed;
}

TEST(ClockSync, StepsOnceAndThenSlews) {
  Story<TimeClient> story(1, {}, {.interval = 10s}, 0, -3500ms);
  story.run(2min);
  ASSERT_GE(story.rounds().size(), 5U);
  EXPECT_TRUE(story.rounds()[0].round.stepped);
  EXPECT_NEAR(in_seconds(story.rounds()[0].round.offset), 3.5, 0.003);
  for (std::size_t i = 1; i < story.rounds().size(); ++i) EXPECT_FALSE(story.rounds()[i].round.stepped);
  EXPECT_LT(std::chrono::abs(story.error()), 3ms);
}

TEST(ClockSync, LearnsTheDrift) {
  Story<TimeClient> story(2, {{1ms, 100us}, {1ms, 100us}}, {.interval = 64s}, 80e-6);
  story.run(1h);
  EXPECT_NEAR(story.clock().rate(), -80e-6, 2e-6);
  EXPECT_LT(std::chrono::abs(story.error()), 200us) << "80 ms and more a quarter of an hour without";
}

TEST(ClockSync, TakesTheSampleOfLeastRoundTrip) {
  const Path queue{{1ms, 200ms}, {1ms, 0ms}};  // a queue in one direction
  Story<TimeClient> one(3, queue, {.samples = 1, .interval = 10s});
  Story<TimeClient> many(3, queue, {.samples = 32, .interval = 10s});
  one.run(10min);
  many.run(10min);
  const auto mean_error = [](const Story<TimeClient>& story) {
    double sum = 0;
    for (const Ended& ended : story.rounds()) sum += std::abs(in_seconds(ended.round.offset - ended.true_offset));
    return sum / static_cast<double>(story.rounds().size());
  };
  EXPECT_LT(5 * mean_error(many), mean_error(one));
}

TEST(ClockSync, IsWrongByHalfTheAsymmetry) {
  Story<TimeClient> story(4, {{30ms, 0ms}, {10ms, 0ms}}, {});
  story.run(1min);
  const Ended& ended = story.rounds().at(0);
  EXPECT_NEAR(in_seconds(ended.round.offset - ended.true_offset), 0.010, 1e-6);
  EXPECT_GE(ended.round.best->bound, 20ms);
}

TEST(ClockSync, OfAServerThatIsStartedAnewBelievesTheNewOne) {
  Story<TimeClient> story(5, {{5ms, 1ms}, {5ms, 1ms}}, {.samples = 8, .interval = 30s});
  story.at(200ms, [&] {                        // within the first round
    story.set_path({{8ms, 1ms}, {8ms, 1ms}});  // so that the old one's samples look better
    story.start_server(10s);
  });
  story.run(1min);
  ASSERT_TRUE(story.rounds().at(0).round.best);
  EXPECT_LT(std::chrono::abs(story.rounds().at(0).error), 10ms);
}

/// A day that ends with a leap second: how far the clock is off half a minute before its end, half a second after it
/// has begun, and until an hour later, at most.
template <typename Client>
std::array<Time, 3> errors_around_midnight(LeapSecond::Kind kind, Time interval, Time* backwards = nullptr) {
  const Time evening = Time(23h) - kStart % 24h;  // from the story's start to an hour before midnight
  Story<Client> story(7, {{5ms, 1ms}, {5ms, 1ms}}, {.interval = interval}, 30e-6, evening);
  story.start_server(evening);
  story.announce(kind);
  story.run(story.until_midnight() - 30s);
  std::array<Time, 3> errors{std::chrono::abs(story.error()), Time(0), Time(0)};
  story.run(30s + (kind == LeapSecond::Kind::inserted ? 500ms : -500ms));
  errors[1] = std::chrono::abs(story.error());
  for (int i = 0; i < 3600; ++i) {
    story.run(1s);
    errors[2] = std::max(errors[2], std::chrono::abs(story.error()));
  }
  if (backwards != nullptr) *backwards = story.most_backwards();
  return errors;
}

TEST(ClockSync, PassesALeapSecond) {
  for (const auto kind : {LeapSecond::Kind::inserted, LeapSecond::Kind::deleted}) {
    for (const Time interval : {Time(3s), Time(17s), Time(64s)}) {
      Time backwards{0};
      const auto errors = errors_around_midnight<TimeClient>(kind, interval, &backwards);
      EXPECT_LT(errors[0], 3ms);
      EXPECT_LT(errors[1], 3ms);
      EXPECT_LT(errors[2], 3ms) << "an hour later, every " << interval.count() << " ns";
      EXPECT_EQ(backwards, 0ns);
    }
  }
}

TEST(ClockSync, LeavesTheClockAloneWithoutAnswers) {
  Story<TimeClient> story(6, {.loss = 100}, {}, 0, 3s);
  story.run(1min);
  ASSERT_EQ(story.rounds().size(), 1U);
  EXPECT_FALSE(story.rounds()[0].round.best);
  EXPECT_EQ(story.rounds()[0].round.lost, 4U);
  EXPECT_LT(story.rounds()[0].at, 8s);
  EXPECT_EQ(story.error(), 3s);
}

TEST(QualityWatch, BelievesALastGoodRoundForAWhile) {
  QualityWatch watch(60s);
  EXPECT_FALSE(watch.at(0s, 0s).is_synchronised());
  Round round{.best = Sample{.at = 10s, .ahead = 0s, .round_trip = 2ms, .bound = 1ms},
              .server = {.leap = Leap::none, .stratum = 2, .bound = 3ms},
              .offset = 5ms};
  watch.ended(10s, round);
  const Quality quality = watch.at(20s, -2ms);
  EXPECT_EQ(quality.stratum, 3);
  EXPECT_EQ(quality.offset, 5ms);
  EXPECT_EQ(quality.bound, 1ms + 3ms + 2ms + 150us);
  watch.ended(30s, Round{});
  EXPECT_TRUE(watch.at(70s, 0s).is_synchronised()) << "a round without answers takes nothing back";
  EXPECT_FALSE(watch.at(70s + 1ns, 0s).is_synchronised());
  round.server.stratum = 15;
  watch.ended(80s, round);
  EXPECT_FALSE(watch.at(80s, 0s).is_synchronised()) << "stratum 16 is nobody's";
}

/// Wrong clients.

/// Takes 20 ms of the way for work of the server.
std::optional<TimeAnswer> with_more_work(Bytes bytes, Time utc) {
  auto answer = utc::answer_of(bytes, utc);
  if (answer) answer->received = answer->answered - 20ms;
  return answer;
}

struct TakesTheWayForWork : TimeClient {
  TakesTheWayForWork(Time now, const TimeClientOptions& options, const TimeProtocol& protocol, const Address& server,
                     SoftwareClock& clock, std::uint64_t seed, std::function<void(const Round&)> ended)
      : TimeClient(now, options, {protocol.question, with_more_work}, server, clock, seed, std::move(ended)) {}
};

struct StepsAlways : TimeClient {
  StepsAlways(Time now, TimeClientOptions options, const TimeProtocol& protocol, const Address& server,
              SoftwareClock& clock, std::uint64_t seed, std::function<void(const Round&)> ended)
      : TimeClient(now, stepping(options), protocol, server, clock, seed, std::move(ended)) {}
  static TimeClientOptions stepping(TimeClientOptions options) {
    options.correction = Correction::step;
    return options;
  }
};

struct OverstatesTheLeastDelay : TimeClient {
  OverstatesTheLeastDelay(Time now, TimeClientOptions options, const TimeProtocol& protocol, const Address& server,
                          SoftwareClock& clock, std::uint64_t seed, std::function<void(const Round&)> ended)
      : TimeClient(now, with_more(options), protocol, server, clock, seed, std::move(ended)) {}
  static TimeClientOptions with_more(TimeClientOptions options) {
    options.assumptions.least_delay += 20ms;
    return options;
  }
};

/// Takes the leap indicator for none.
std::optional<TimeAnswer> without_leap(Bytes bytes, Time utc) {
  auto answer = utc::answer_of(bytes, utc);
  if (answer) answer->leap = Leap::none;
  return answer;
}

struct KnowsNoLeapSeconds : TimeClient {
  KnowsNoLeapSeconds(Time now, const TimeClientOptions& options, const TimeProtocol& protocol, const Address& server,
                     SoftwareClock& clock, std::uint64_t seed, std::function<void(const Round&)> ended)
      : TimeClient(now, options, {protocol.question, without_leap}, server, clock, seed, std::move(ended)) {}
};

template <typename Client>
unsigned breaches() {
  unsigned count = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) count += breach<Client>(seed) ? 1 : 0;
  return count;
}

TEST(Mutants, OfTheTimeClientAreFound) {
  EXPECT_GT(breaches<TakesTheWayForWork>(), 0U);
  EXPECT_GT(breaches<StepsAlways>(), 0U);
  EXPECT_GT(breaches<OverstatesTheLeastDelay>(), 0U);
  EXPECT_EQ(breaches<TimeClient>(), 0U);
  EXPECT_GT(errors_around_midnight<KnowsNoLeapSeconds>(LeapSecond::Kind::inserted, 64s)[2], 400ms);
}

}  // namespace
}  // namespace wireproof::clock_sync
