// Where the sheet's protocol fails: runs in which it does, and in which the extension, meeting the same, does not.

#include <ostream>

#include "runs.hpp"

namespace wireproof::hmtp::simulation::testing {
namespace {

struct Weakness {
  const char* name;
  Invariant invariant;
  std::uint64_t seed;
  unsigned nodes;
  FaultLoad faults;

  friend void PrintTo(const Weakness& weakness, std::ostream* out) { *out << weakness.name; }
};

class Weaknesses : public ::testing::TestWithParam<Weakness> {};

TEST_P(Weaknesses, AreShownByThePlainProtocolAndMendedByTheExtension) {
  const auto& [name, invariant, seed, nodes, faults] = GetParam();
  Settings settings = small_groups(Protocol::plain, nodes, nodes);
  settings.faults = faults;
  const Plan plain = make_plan(settings, seed);
  EXPECT_TRUE(is_demanded(invariant, plain));
  EXPECT_TRUE(Simulation(plain).run().broken(invariant));

  settings.protocol = Protocol::extended;
  settings.keeps_state = true;
  const Plan extended = make_plan(settings, seed);
  ASSERT_EQ(extended.actions.size(), plain.actions.size());
  for (std::size_t i = 0; i < plain.actions.size(); ++i) {
    EXPECT_EQ(text_of(extended.actions[i]), text_of(plain.actions[i]));
    EXPECT_EQ(extended.actions[i].at, plain.actions[i].at);
  }
  EXPECT_TRUE(is_demanded(invariant, extended));
  EXPECT_EQ(verdict(settings, seed), "");
}

INSTANTIATE_TEST_SUITE_P(
    Plain, Weaknesses,
    ::testing::Values(Weakness{"TwoRootsAfterARestart", Invariant::one_root, 85, 3, FaultLoad::occasional},
                      Weakness{"AnOrphanJoinsItsDescendant", Invariant::no_cycle, 177, 5, FaultLoad::continual},
                      Weakness{"ACycleIsForEver", Invariant::attached_again, 1515, 6, FaultLoad::continual},
                      Weakness{"MessagesAreLostInRepairs", Invariant::repaired, 1, 4, FaultLoad::crashes}),
    [](const auto& info) { return info.param.name; });

// What the first runs of the simulation found wrong in the extension, since mended.
TEST(Regressions, MessagesThatPassAParentUnseenRestartedOrNewerThanItsChildAreRepaired) {
  Settings settings;
  settings.faults = FaultLoad::crashes;
  settings.fewest_nodes = 3;
  settings.most_nodes = 16;
  for (const std::uint64_t seed : {221U, 311U, 406U, 503U, 614U}) EXPECT_EQ(verdict(settings, seed), "") << seed;
}

}  // namespace
}  // namespace wireproof::hmtp::simulation::testing
