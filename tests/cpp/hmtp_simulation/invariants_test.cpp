// What the extended protocol keeps in every run, and mixed groups when nothing fails.

#include "runs.hpp"

namespace wireproof::hmtp::simulation::testing {
namespace {

TEST(Invariants, HoldInSmallExtendedGroups) {
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    ASSERT_EQ(verdict(small_groups(Protocol::extended), seed), "") << "seed " << seed;
  }
}

TEST(Invariants, HoldInLargeExtendedGroups) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    ASSERT_EQ(verdict(small_groups(Protocol::extended, 17, 100), seed), "") << "seed " << seed;
  }
  ASSERT_EQ(verdict(small_groups(Protocol::extended, 500, 500), 1), "");
}

TEST(Invariants, HoldInMixedGroupsOfWhichNothingFails) {
  Settings settings = small_groups(Protocol::mixed, 3, 40);
  settings.faults = FaultLoad::none;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) ASSERT_EQ(verdict(settings, seed), "") << "seed " << seed;
}

TEST(Invariants, HoldAsFarAsDemandedInMixedGroupsThatFail) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    ASSERT_EQ(verdict(small_groups(Protocol::mixed), seed), "") << "seed " << seed;
  }
}

TEST(Invariants, HoldInPlainGroupsOfWhichNothingFails) {
  Settings settings = small_groups(Protocol::plain, 3, 40);
  settings.faults = FaultLoad::none;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) ASSERT_EQ(verdict(settings, seed), "") << "seed " << seed;
}

// FaultLoad that breaks nothing would prove nothing.
TEST(Invariants, AreTriedByRunsWithLossAndRepairs) {
  Outcome sum;
  unsigned high = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const Outcome outcome = run(small_groups(Protocol::extended, 10, 40), seed);
    sum.lost += outcome.lost;
    sum.deliveries += outcome.deliveries;
    sum.missed += outcome.missed;
    high += outcome.damage.height >= 2;
    EXPECT_NE(outcome.recovery, kNever) << "seed " << seed;
    EXPECT_LE(outcome.recovery, outcome.bound) << "seed " << seed;
  }
  EXPECT_GT(sum.lost, 1000U);
  EXPECT_GT(sum.deliveries, 1000U);
  EXPECT_GT(sum.missed, 0U);
  EXPECT_GT(high, 10U);
}

}  // namespace
}  // namespace wireproof::hmtp::simulation::testing
