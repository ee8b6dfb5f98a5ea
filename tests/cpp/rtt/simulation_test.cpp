// The cores in virtual time: known delays and losses, thousands of stories, and proof that wrong cores are found in
// them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "rtt/statistics.hpp"
#include "simulated_run.hpp"

namespace wireproof::rtt::testing {
namespace {

/// The links of the sheet's lab.
constexpr std::array<Time, 3> kDelays = {1ms, 10ms, 100ms};

/// One way of each address.
World::Path with_delays(std::span<const Time> delays) {
  return [delays, delay = std::array<Time, 1>()](const Address& from, const Address& to, std::string_view) mutable {
    delay[0] = delays[(number_of(from) | number_of(to)) - 1];
    return std::span<const Time>(delay);
  };
}

TEST(Simulation, OfKnownDelaysIsExact) {
  SimulatedRun run({.prober = {.schedule = {.interval = 100ms, .duration = 5s}}, .addresses = 3, .own = 7ms},
                   with_delays(kDelays));
  const Prober& prober = run.finish();
  for (std::size_t i = 0; i < kDelays.size(); ++i) {
    const Record& record = prober.records()[i];
    EXPECT_EQ(record.counts().sent, 50U);
    EXPECT_EQ(record.counts().received, 50U);
    EXPECT_EQ(record.counts().own, 50U);
    const Statistics statistics(record.round_trips().best);
    EXPECT_EQ(statistics.minimum(), 2 * kDelays[i]);
    EXPECT_EQ(statistics.maximum_of_finite(), 2 * kDelays[i]);
  }
  EXPECT_LT(run.world().now(), 5s + 300ms) << "nobody waits for what has come";
}

TEST(Simulation, OfPeersThatEchoIsExactToo) {
  SimulatedRun run(
      {.prober = {.schedule = {.interval = 100ms, .duration = 5s}}, .addresses = 3, .echoes = {true, true, true}},
      with_delays(kDelays));
  EXPECT_EQ(run.breach(), std::nullopt);
  EXPECT_EQ(run.prober().records()[2].counts().received, 50U);
  EXPECT_EQ(run.prober().records()[2].counts().own, 0U);
}

TEST(Simulation, WaitsTwiceTheTimeoutForWhatIsLost) {
  SimulatedRun run({.prober = {.schedule = {.interval = 1s, .duration = 1s}, .timeout = 3s}},
                   [](const Address&, const Address&, std::string_view) { return std::span<const Time>(); });
  EXPECT_EQ(run.finish().records()[0].counts().lost(), 1U);
  EXPECT_EQ(run.world().now(), 6s);
}

/// Losses and duplicates of both directions, 10 % each, without any reordering: what is told of directions is exact,
/// but for probes after the last answer.
TEST(Simulation, TellsLossesAndDuplicatesByDirection) {
  std::uint64_t all_there = 0;
  std::uint64_t all_back = 0;
  std::uint64_t all_unknown = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    Random random(seed);
    std::array<Time, 2> delays{};
    std::uint64_t copies_there = 0;
    const auto path = [&](const Address& from, const Address&, std::string_view) {
      if (random.below(10) == 0) return std::span<const Time>();
      const std::size_t copies = random.below(10) == 0 ? 2 : 1;
      if (from == kProber) copies_there += copies - 1;
      delays = {20ms, 21ms};
      return std::span<const Time>(delays).first(copies);
    };
    SimulatedRun run({.prober = {.schedule = {.interval = 50ms, .duration = 10s}}, .seed = seed}, path);
    ASSERT_EQ(run.breach(), std::nullopt) << seed;
    const auto& fates = run.fates(0);
    std::size_t known = fates.size();
    while (known > 0 && !fates[known - 1].first_answer) --known;
    std::uint64_t there = 0;
    std::uint64_t back = 0;
    for (std::size_t i = 0; i < known; ++i) {
      there += fates[i].arrivals.empty() ? 1 : 0;
      back += !fates[i].arrivals.empty() && !fates[i].first_answer ? 1 : 0;
    }
    const Losses losses = run.prober().records()[0].losses();
    EXPECT_EQ(losses.there, there) << seed;
    EXPECT_EQ(losses.back, back) << seed;
    EXPECT_EQ(losses.unknown, fates.size() - known) << seed;
    EXPECT_LE(run.prober().records()[0].counts().duplicates_there, 2 * copies_there)
        << "the copy's reply may be doubled";
    all_there += there;
    all_back += back;
    all_unknown += losses.unknown;
  }
  EXPECT_NEAR(static_cast<double>(all_there), 0.1 * 300 * 200, 400);
  EXPECT_NEAR(static_cast<double>(all_back), 0.082 * 300 * 200, 400)
      << "a second copy answers in its place now and then";
  EXPECT_GT(all_unknown, 0U);
}

/// One address and its story of crashes, partitions, losses, duplicates and datagrams that are seconds late.
Story story_of(std::uint64_t seed) {
  return simulation::draw_story(
      seed, {.actors = {}, .targets = 1, .mortals = {1, 2, 3}, .length = 20s, .deeds = 0, .failures = 8});
}

/// What happened in all stories together: stories in which nothing happens prove nothing.
struct Reached {
  std::uint64_t received = 0;
  std::uint64_t late = 0;
  std::uint64_t lost = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t there = 0;
  std::uint64_t back = 0;
  std::uint64_t restarts = 0;
};

using Spoils = std::function<void(Message&, const Prober&)>;

std::optional<std::string> breach_of(const Story& story, Reached& reached, const Spoils& spoils = {}) {
  simulation::Network network(story.seed, story.is_local);
  RunOptions options{
      .prober = {.schedule = {.interval = 200ms, .duration = 20s, .poisson = story.seed % 2 == 0}, .timeout = 500ms},
      .addresses = 3,
      .seed = story.seed,
      .own = story.seed % 3 * 2ms};
  if (spoils) options.spoils = spoils;
  SimulatedRun run(options, [&](const Address& from, const Address& to, std::string_view) {
    return network.fate(static_cast<simulation::Host>(number_of(from)), static_cast<simulation::Host>(number_of(to)));
  });
  using Kind = simulation::Action::Kind;
  for (const simulation::Action& action : story.actions) {
    run.world().at(action.at, [&run, &network, &reached, &action] {
      if (action.kind == Kind::crash) run.world().stop(responder(action.host - 1U));
      if (action.kind == Kind::restart && run.world().find(responder(action.host - 1U)) == nullptr) {
        run.start(action.host - 1U);
        ++reached.restarts;
      }
      if (action.kind == Kind::conditions) network.set(action.conditions);
      if (action.kind == Kind::partition) network.split(action.value);
      if (action.kind == Kind::heal) network.heal();
    });
  }
  const auto breach = run.breach();
  for (const Record& record : run.prober().records()) {
    const Losses losses = record.losses();
    reached.received += record.counts().received;
    reached.late += record.counts().late;
    reached.lost += record.counts().lost();
    reached.duplicates += record.counts().duplicates_there + record.counts().duplicates_back;
    reached.there += losses.there;
    reached.back += losses.back;
  }
  return breach;
}

TEST(Stories, KeepAllThatIsPromised) {
  constexpr std::uint64_t kStories = 1000;
  Reached reached;
  for (std::uint64_t seed = 1; seed <= kStories; ++seed) {
    const Story story = story_of(seed);
    const auto breach = breach_of(story, reached);
    if (!breach) continue;
    const auto breaks = [](const Story& part) {
      Reached ignored;
      return breach_of(part, ignored).has_value();
    };
    FAIL() << *breach << " in story " << seed << "\n" << simulation::shrink(story, breaks).text();
  }
  EXPECT_GT(reached.received, 100 * kStories);
  EXPECT_GT(reached.late, kStories);
  EXPECT_GT(reached.lost, 10 * kStories);
  EXPECT_GT(reached.duplicates, kStories);
  EXPECT_GT(reached.there, kStories);
  EXPECT_GT(reached.back, kStories);
  EXPECT_GT(reached.restarts, kStories / 10);
}

bool is_found(const Spoils& spoils) {
  Reached ignored;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    if (breach_of(story_of(seed), ignored, spoils)) return true;
  }
  return false;
}

TEST(Mutants, AreFoundInStories) {
  EXPECT_FALSE(is_found([](Message&, const Prober&) {}));
  EXPECT_TRUE(is_found([](Message& message, const Prober& prober) {
    message.sequence = prober.records()[0].next_sequence() - 1;
  })) << "takes what comes for the answer to the last probe";
  EXPECT_TRUE(is_found([](Message& message, const Prober&) { message.answered = message.arrived; }))
      << "forgets the responder's own time";
  EXPECT_TRUE(is_found([](Message& message, const Prober&) { message.session = 0; })) << "knows no session";
}

}  // namespace
}  // namespace wireproof::rtt::testing
