// Whole links in virtual time, property by property.

#include "wire/link.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <set>

#include "laws.hpp"

namespace wireproof::wire {
namespace {

using namespace testing;

TEST(Link, DelaysExactly) {
  VirtualLink link(R"({"both": {"delay": "10ms"}})");
  const Transcript& seen = link.run(steady(100, 333us));
  EXPECT_EQ(punctual(seen, 10ms), "");
  EXPECT_EQ(conserved(seen), "");
}

TEST(Link, ItsDirectionsAreTheirOwn) {
  Link link(configuration_from(R"({"forward": {"delay": "1ms"}, "backward": {"delay": "5ms", "loss": 1}})"), 0ns, {});
  const Frame frame = numbered(1, 100);
  link.arrive(Side::forward, frame, frame.size(), 0ns);
  link.arrive(Side::backward, frame, frame.size(), 0ns);
  EXPECT_EQ(link.next(), 1ms);
  EXPECT_TRUE(link.leave(Side::forward, 1ms));
  EXPECT_EQ(link.next(), kNever);
  EXPECT_EQ(link.direction(Side::backward).counters().of(Cause::loss), 1U);
}

TEST(Link, DropsWhatCouldNotBeTakenWhole) {
  VirtualLink link("{}");
  const Frame frame = numbered(0, 200);
  link.transcript().in.push_back({0, 0ns, 3000});
  link.link().arrive(Side::forward, frame, 3000, 0ns);
  link.finish();
  EXPECT_EQ(link.counters().of(Cause::too_big), 1U);
  EXPECT_EQ(conserved(link.transcript()), "");
}

TEST(Link, JitterReordersOnlyWhenItMay) {
  VirtualLink kept(R"({"both": {"delay": "10ms", "jitter": "5ms"}})");
  EXPECT_EQ(in_order(kept.run(steady(2000, 1ms))), "");
  EXPECT_EQ(kept.counters().reordered, 0U);
  VirtualLink free(R"({"both": {"delay": "10ms", "jitter": "5ms", "keep_order": false}})");
  const Transcript& seen = free.run(steady(2000, 1ms));
  EXPECT_NE(in_order(seen), "");
  EXPECT_EQ(conserved(seen), "");
  EXPECT_EQ(never_early(seen, 5ms), "");
  std::uint64_t overtaken = 0;
  std::uint64_t last = 0;
  for (const Passage& out : seen.out) {
    overtaken += out.number < last ? 1 : 0;
    last = std::max(last, out.number);
  }
  EXPECT_GT(free.counters().reordered, 100U);
  EXPECT_GT(overtaken, 100U);
}

TEST(Link, ReordersItsShareByNotDelayingIt) {
  VirtualLink link(R"({"both": {"delay": "10ms", "reorder": "20%"}})");
  const Transcript& seen = link.run(steady(20'000, 100us));
  std::size_t ahead = 0;
  for (const Passage& out : seen.out) {
    const nanoseconds took = out.time - seen.in[out.number].time;
    EXPECT_TRUE(took == 0ns || took == 10ms);
    ahead += took == 0ns ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(ahead), 4000, 4.5 * std::sqrt(20'000 * 0.2 * 0.8));
}

TEST(Link, KeepsTheReorderGap) {
  VirtualLink link(R"({"both": {"delay": "10ms", "reorder": "100%", "reorder_gap": 5}})");
  const Transcript& seen = link.run(steady(1000, 10us));
  std::vector<std::uint64_t> ahead;
  for (const Passage& out : seen.out) {
    if (out.time == seen.in[out.number].time) ahead.push_back(out.number);
  }
  ASSERT_EQ(ahead.size(), 200U);
  for (std::size_t i = 0; i < ahead.size(); ++i) EXPECT_EQ(ahead[i], 4 + 5 * i);
}

TEST(Link, DuplicatesItsShare) {
  VirtualLink link(R"({"both": {"duplicate": "10%", "delay": "1ms"}})");
  const Transcript& seen = link.run(steady(20'000, 10us));
  EXPECT_NEAR(static_cast<double>(link.counters().duplicated), 2000, 4.5 * std::sqrt(20'000 * 0.1 * 0.9));
  EXPECT_EQ(seen.out.size(), 20'000 + link.counters().duplicated);
  EXPECT_EQ(conserved(seen), "");
}

TEST(Link, CorruptsOneBitOfItsShareAndNeverTheAddresses) {
  Link link(configuration_from(R"({"both": {"corrupt": "25%"}})"), 0ns, {});
  std::size_t corrupted = 0;
  std::set<std::size_t> places;
  for (std::uint64_t number = 0; number < 10'000; ++number) {
    const Frame frame = numbered(number, 60);
    link.arrive(Side::forward, frame, frame.size(), nanoseconds(number));
    const auto packet = link.leave(Side::forward, nanoseconds(number));
    ASSERT_TRUE(packet);
    int bits = 0;
    for (std::size_t at = 0; at < frame.size(); ++at) {
      const auto difference = static_cast<std::uint8_t>(frame[at] ^ packet->bytes[at]);
      bits += std::popcount(difference);
      if (difference != 0) places.insert(at);
    }
    ASSERT_LE(bits, 1);
    corrupted += static_cast<std::size_t>(bits);
  }
  EXPECT_EQ(link.direction(Side::forward).counters().corrupted, corrupted);
  EXPECT_NEAR(static_cast<double>(corrupted), 2500, 4.5 * std::sqrt(10'000 * 0.25 * 0.75));
  EXPECT_EQ(places.size(), 46U);
  EXPECT_EQ(*places.begin(), 14U);
}

/// Indexes within the flow with that port that were lost.
std::vector<std::uint64_t> lost_of(const Transcript& seen, const std::vector<Arrival>& arrivals, std::uint16_t port) {
  std::vector<std::uint64_t> indexes;
  for (const Drop& drop : seen.dropped) {
    if (arrivals[drop.number].port == port) indexes.push_back(drop.index);
  }
  return indexes;
}

TEST(Link, AFlowLosesTheSamePacketsWhateverElseIsThere) {
  for (const char* json :
       {R"({"seed": 3, "both": {"loss": "5%"}})", R"({"seed": 3, "both": {"loss": "5%", "loss_correlation": "50%"}})",
        R"({"seed": 3, "both": {"loss_model": {"gilbert_elliott": {"p": 0.02, "r": 0.3}}}})"}) {
    const auto alone = steady(3000, 1ms, 500, 7000);
    VirtualLink quiet(json);
    const auto lost = lost_of(quiet.run(alone), alone, 7000);
    ASSERT_GT(lost.size(), 80U);
    for (const unsigned others : {1U, 3U, 40U}) {
      std::vector<Arrival> mixed;
      for (const Arrival& arrival : alone) {
        for (unsigned other = 0; other < others; ++other) {
          mixed.push_back({arrival.time, 100, static_cast<std::uint16_t>(8000 + (arrival.time.count() + other) % 97)});
        }
        mixed.push_back(arrival);
      }
      VirtualLink busy(json);
      EXPECT_EQ(lost_of(busy.run(mixed), mixed, 7000), lost);
    }
  }
}

TEST(Link, OtherSeedsFlowsAndDirectionsLoseOtherPackets) {
  const auto lost = [](const char* seed, std::uint16_t port) {
    const auto arrivals = steady(2000, 1ms, 500, port);
    VirtualLink link(fmt::format(R"({{"seed": {}, "both": {{"loss": "5%"}}}})", seed));
    return lost_of(link.run(arrivals), arrivals, port);
  };
  EXPECT_EQ(lost("1", 7000), lost("1", 7000));
  EXPECT_NE(lost("1", 7000), lost("2", 7000));
  EXPECT_NE(lost("1", 7000), lost("1", 7001));
}

TEST(Link, GoesDownAndUpByScheduleExactly) {
  VirtualLink link(R"({"both": {"delay": "2ms"}, "schedule": [{"at": 0.01, "until": 0.02, "down": true}]})");
  const Transcript& seen = link.run(steady(30, 1ms));
  ASSERT_EQ(seen.dropped.size(), 10U);
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_EQ(seen.dropped[i].number, 10 + i);
    EXPECT_EQ(seen.dropped[i].cause, Cause::down);
  }
  EXPECT_EQ(punctual(seen, 2ms), "");  // what was in flight arrives
}

TEST(Link, JudgesEachFrameByWhatHeldWhenItCameHoweverFarTheOtherDirectionIs) {
  for (const Side first : kSides) {
    const Side second = first == Side::forward ? Side::backward : Side::forward;
    VirtualLink link(R"({"schedule": [{"at": 0.01, "until": 0.02, "down": true}]})");
    link.arrive({.time = 11ms, .length = 100, .side = first});  // the cut has begun for it
    link.arrive({.time = 9ms, .length = 100, .side = second});
    link.arrive({.time = 10ms, .length = 100, .side = second});
    link.arrive({.time = 21ms, .length = 100, .side = second});  // it is over for that
    link.arrive({.time = 12ms, .length = 100, .side = first});
    link.run_until(1s);
    EXPECT_EQ(link.transcript(first).out, (std::vector<Passage>{}));
    EXPECT_EQ(link.transcript(second).out, (std::vector<Passage>{{0, 9ms, 100}, {2, 21ms, 100}}));
  }
}

TEST(Link, KeepsItsQueueInMillisecondsUnderRedWhenTheScheduleChangesTheRate) {
  VirtualLink link(R"({"both": {"rate": 12112000, "queue": {"milliseconds": 100}, "discipline": "red",
                                "red": {"min": 10, "max": 30, "weight": 0.5}},
                       "schedule": [{"at": 1, "rate": 1211200}]})");
  const Transcript& seen = link.run(steady(6000, 500us));  // twice the rate, then twenty times
  // What waited at the change goes first, at the new rate; no packet that came a second later waits longer than the
  // upper threshold lets the queue grow, but for the few that the average takes to follow.
  std::size_t later = 0;
  for (const Passage& out : seen.out) {
    if (seen.in[out.number].time < 2s) continue;
    ++later;
    EXPECT_LE(out.time - seen.in[out.number].time, 60ms) << out.number;
  }
  EXPECT_GT(later, 50U);
}

TEST(Link, DropsWhatWaitsWhenItGoesDown) {
  VirtualLink link(R"({"both": {"rate": 12112000}})");
  for (int i = 0; i < 5; ++i) link.arrive({0ns, 1514});
  link.link().set(boost::json::object{{"down", true}}, 1ms);
  link.run_until(10ms);
  EXPECT_EQ(link.transcript().out.size(), 2U);
  EXPECT_EQ(link.counters().of(Cause::down), 3U);
  link.link().set(boost::json::object{{"down", false}}, 10ms);
  link.arrive({10ms, 1514});
  link.run_until(20ms);
  link.finish();
  EXPECT_EQ(link.transcript().out.size(), 3U);
  EXPECT_EQ(conserved(link.transcript()), "");
}

TEST(Link, ItsScheduleChangesTheRateExactly) {
  VirtualLink link(
      R"({"both": {"rate": 12112000}, "schedule": [{"at": 0.1, "rate": 1211200}, {"at": 0.2, "rate": 12112000}]})");
  const Transcript& seen = link.run(steady(500, 100us));
  const auto left_by = [&](nanoseconds time) {
    return std::count_if(seen.out.begin(), seen.out.end(), [&](const Passage& out) { return out.time <= time; });
  };
  EXPECT_NEAR(static_cast<double>(left_by(100ms)), 101, 1);
  EXPECT_NEAR(static_cast<double>(left_by(200ms) - left_by(100ms)), 10, 1);
  EXPECT_NEAR(static_cast<double>(left_by(300ms) - left_by(200ms)), 100, 1);
}

TEST(Link, SetTakesEffectForWhatComesLater) {
  VirtualLink link(R"({"both": {"delay": "10ms"}})");
  link.arrive({0ns, 100});
  link.link().set(boost::json::object{{"delay", "50ms"}}, 5ms);
  link.arrive({5ms, 100});
  link.run_until(1s);
  EXPECT_EQ(link.transcript().out, (std::vector<Passage>{{0, 10ms, 100}, {1, 55ms, 100}}));
  link.link().set(boost::json::object{{"delay", "1ms"}}, 1s);
  link.arrive({1s, 100});
  link.run_until(2s);
  EXPECT_EQ(link.transcript().out.back().time, 1001ms);
}

TEST(Link, AShorterDelayDoesNotReorder) {
  VirtualLink link(R"({"both": {"delay": "100ms"}, "schedule": [{"at": 0.05, "delay": "1ms"}]})");
  const Transcript& seen = link.run(steady(100, 1ms));
  EXPECT_EQ(in_order(seen), "");
  EXPECT_EQ(seen.out.size(), 100U);
}

TEST(Link, BoundsWhatIsUnderWay) {
  VirtualLink link(R"({"both": {"delay": "1000s"}})");
  const Frame frame = numbered(0, 60);
  for (std::size_t i = 0; i < Direction::kMaxPackets + 10; ++i) {
    link.link().arrive(Side::forward, frame, frame.size(), nanoseconds(i));
  }
  EXPECT_EQ(link.counters().of(Cause::overflow), 10U);
  EXPECT_EQ(link.link().direction(Side::forward).flying_packets(), Direction::kMaxPackets);
}

}  // namespace
}  // namespace wireproof::wire
