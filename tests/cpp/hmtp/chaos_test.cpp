// Groups under loss, delay, duplication, reordering, crashes and restarts, in virtual time with the sheet's timers.
// What holds with the extension at every event, and where the plain protocol does not hold it.

#include <gmock/gmock.h>

#include <random>

#include "../base/seeds.hpp"
#include "small_group.hpp"

namespace wireproof::hmtp::testing {
namespace {

struct Outcome {
  bool cycle = false;
  bool over_limit = false;
  bool twice = false;         ///< a node printed a message twice
  Time whole_after = kNever;  ///< time from the last fault to one tree, kNever: not within ten minutes
};

Outcome live_through(bool extensions, std::uint64_t seed) {
  Outcome outcome;
  std::mt19937_64 random(seed);
  const auto below = [&](std::uint64_t limit) { return random() % limit; };
  SmallGroup group(extensions);
  group.options.children_max = 2;
  group.options.clock = below(2) * 1'800'000'000;
  const unsigned hosts = 5 + static_cast<unsigned>(below(12));
  bool stormy = true;
  std::uint64_t loss = 0;
  group.fate = [&](const Datagram&) {
    std::vector<Time> delays;
    if (!stormy) return std::vector<Time>{1ms};
    for (std::uint64_t copies = 1 + (below(10) == 0 ? 1 : 0); copies > 0; --copies) {
      if (below(100) >= loss) delays.push_back(milliseconds(1 + (below(20) == 0 ? below(3000) : below(40))));
    }
    return delays;
  };
  group.watch = [&] {
    outcome.cycle = outcome.cycle || group.has_cycle();
    for (const auto& [host, member] : group.members) {
      outcome.over_limit = outcome.over_limit || member->node.children().size() > 2;
    }
  };
  for (unsigned host = 1; host <= hosts; ++host) group.start(host);
  std::uint64_t message = 0;
  for (int phase = 0; phase < 20; ++phase) {
    loss = below(3) * 40;
    group.run(milliseconds(10'000 + below(300'000)));
    const unsigned host = 1 + static_cast<unsigned>(below(hosts));
    if (below(2) == 0) {
      group.crash(host);
      if (below(2) == 0) group.start(host);
    }
    if (below(8) == 0) group.start_rendezvous();
    if (!group.members.empty()) {
      const auto& [at, member] = *group.members.begin();
      member->node.local_message(group.now(), std::to_string(++message));
    }
  }
  stormy = false;
  const Time calm = group.now();
  const auto whole = [&] { return group.members.empty() || group.is_one_tree(); };
  while (group.now() - calm < 600s && !whole()) group.run(1s);
  if (whole()) outcome.whole_after = group.now() - calm;
  for (const auto& [host, member] : group.members) {
    std::vector<std::string> printed = member->printed;
    std::sort(printed.begin(), printed.end());
    outcome.twice = outcome.twice || std::adjacent_find(printed.begin(), printed.end()) != printed.end();
  }
  return outcome;
}

TEST(Chaos, WithTheExtensionThereIsNeverACycleAndTheTreeIsWholeAgain) {
  Time longest{0};
  for (std::uint64_t seed = 1; seed <= wireproof::testing::seeds(300); ++seed) {
    const Outcome outcome = live_through(true, seed);
    EXPECT_FALSE(outcome.cycle) << "seed " << seed;
    EXPECT_FALSE(outcome.over_limit) << "seed " << seed;
    EXPECT_FALSE(outcome.twice) << "seed " << seed;
    EXPECT_LT(outcome.whole_after, 330s) << "seed " << seed;
    longest = std::max(longest, outcome.whole_after);
  }
  RecordProperty("longest", std::to_string(longest.count()));
}

TEST(Chaos, ThePlainProtocolMakesCycles) {
  unsigned cycles = 0;
  for (std::uint64_t seed = 1; seed <= wireproof::testing::seeds(300); ++seed) {
    const Outcome outcome = live_through(false, seed);
    EXPECT_FALSE(outcome.over_limit) << "seed " << seed;
    EXPECT_FALSE(outcome.twice) << "seed " << seed;
    cycles += outcome.cycle;
  }
  EXPECT_GT(cycles, 0U);
}

}  // namespace
}  // namespace wireproof::hmtp::testing
