// Runs repeat, shrink, and add up.

#include <gmock/gmock.h>

#include "hmtp_simulation/shrink.hpp"
#include "hmtp_simulation/sweep.hpp"
#include "runs.hpp"

namespace wireproof::hmtp::simulation::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

bool go_on(std::uint64_t) { return true; }

std::vector<std::string> trace_of(const Plan& plan) {
  std::vector<std::string> lines;
  Simulation(plan, {}, [&](const std::string& line) { lines.push_back(line); }).run();
  return lines;
}

TEST(Plans, AreTheSameForTheSameSeedAndDifferOtherwise) {
  const Settings settings = small_groups(Protocol::extended);
  EXPECT_EQ(description_of(make_plan(settings, 7)), description_of(make_plan(settings, 7)));
  EXPECT_NE(description_of(make_plan(settings, 7)), description_of(make_plan(settings, 8)));
}

TEST(Plans, DoNotChangeWhenWhatIsDrawnIsGiven) {
  const Plan drawn = make_plan({}, 12);
  Settings given;
  given.fewest_nodes = drawn.nodes;
  given.faults = drawn.faults;
  given.keeps_state = drawn.keeps_state;
  given.children_max = drawn.children_max;
  EXPECT_EQ(description_of(make_plan(given, 12)), description_of(drawn));
}

TEST(Plans, KeepOnlyTheActionsAskedFor) {
  Settings settings = small_groups(Protocol::extended);
  const Plan whole = make_plan(settings, 3);
  settings.only = {{1, 2, 100'000}};
  const Plan part = make_plan(settings, 3);
  ASSERT_THAT(part.actions, SizeIs(2));
  EXPECT_EQ(text_of(part.actions[1]), text_of(whole.actions[2]));
  EXPECT_EQ(part.calm_at, whole.calm_at);
}

TEST(Plans, OfManySeedsHaveAllSizesAndFaultLoads) {
  Sums sums;
  for (std::uint64_t seed = 1; seed <= 500; ++seed) sums.add(make_plan({}, seed), {});
  for (const std::uint64_t runs : sums.sizes) EXPECT_GT(runs, 5U);
  for (const std::uint64_t runs : sums.fault_loads) EXPECT_GT(runs, 30U);
  EXPECT_GE(sums.fewest_nodes, 3U);
  EXPECT_LE(sums.most_nodes, 500U);
}

TEST(Numbers, AreReadAsTheyAreWritten) {
  EXPECT_EQ(parse_numbers("0-2,5,7-8"), (std::vector<std::size_t>{0, 1, 2, 5, 7, 8}));
  EXPECT_EQ(text_of(std::vector<std::size_t>{0, 1, 2, 5, 7, 8}), "0-2,5,7-8");
  EXPECT_EQ(parse_numbers(""), std::vector<std::size_t>{});
  for (const char* wrong :
       {"a", "1,", ",1", "2-1", "1,1", "3,2", "1-", "-1", "1;2", "99999999999999999999", "100001"}) {
    EXPECT_EQ(parse_numbers(wrong), std::nullopt) << wrong;
  }
}

TEST(Numbers, OfNodesAreReadOrRefused) {
  EXPECT_EQ(parse_sizes("7"), std::pair(7U, 7U));
  EXPECT_EQ(parse_sizes("3-500"), std::pair(3U, 500U));
  for (const char* wrong : {"0", "a", "5-3", "5001", "3-", "-3", "3-4-5", "99999999999"}) {
    EXPECT_EQ(parse_sizes(wrong), std::nullopt) << wrong;
  }
}

TEST(Runs, ReplayExactly) {
  for (const Protocol protocol : {Protocol::extended, Protocol::plain, Protocol::mixed}) {
    const Plan plan = make_plan(small_groups(protocol), 5);
    const auto lines = trace_of(plan);
    EXPECT_GT(lines.size(), 100U);
    EXPECT_EQ(trace_of(plan), lines);
  }
}

TEST(Sweeps, AddUpTheSameOnAnyNumberOfThreads) {
  Sweep sweep{small_groups(Protocol::plain), 1, 200, 1, true};
  const SweepResult one = run_sweep(sweep, go_on);
  sweep.threads = 4;
  const SweepResult four = run_sweep(sweep, go_on);
  EXPECT_EQ(one.sums.runs, 200U);
  EXPECT_EQ(four.sums.runs, 200U);
  EXPECT_EQ(four.sums.events, one.sums.events);
  EXPECT_EQ(four.sums.broken, one.sums.broken);
  EXPECT_EQ(four.sums.longest_recovery, one.sums.longest_recovery);
  ASSERT_EQ(four.findings.size(), one.findings.size());
  for (std::size_t i = 0; i < one.findings.size(); ++i) EXPECT_EQ(four.findings[i].seed, one.findings[i].seed);
}

TEST(Sweeps, StopAtTheLowestSeedThatBreaksSomething) {
  Sweep sweep{small_groups(Protocol::plain), 1, 2000, 1, false};
  const SweepResult one = run_sweep(sweep, go_on);
  ASSERT_FALSE(one.findings.empty());
  EXPECT_LT(one.sums.runs, 2000U);
  sweep.threads = 4;
  EXPECT_EQ(run_sweep(sweep, go_on).findings.front().seed, one.findings.front().seed);
}

TEST(Sweeps, StopWhenTold) {
  const Sweep sweep{small_groups(Protocol::extended), 1, 1'000'000'000, 2, false};
  EXPECT_LT(run_sweep(sweep, [](std::uint64_t) { return false; }).sums.runs, 1'000'000U);
}

TEST(Shrinking, LeavesAFewActionsThatBreakTheSame) {
  Settings settings = small_groups(Protocol::plain, 5, 5);
  settings.faults = FaultLoad::continual;
  const std::size_t before = make_plan(settings, 177).actions.size();
  settings.only = shrink(settings, 177, Invariant::no_cycle);
  EXPECT_LT(settings.only->size(), before / 2);
  const Plan smaller = make_plan(settings, 177);
  EXPECT_TRUE(Simulation(smaller).run().broken(Invariant::no_cycle));
  const auto lines = trace_until(smaller, Invariant::no_cycle, 20);
  ASSERT_THAT(lines, SizeIs(20));
  EXPECT_THAT(lines.back(), HasSubstr("!! no-cycle: a cycle: n"));
  EXPECT_THAT(command_line(settings, 177),
              HasSubstr("--seed 177 --nodes 5 --extensions off --faults continual --only "));
}

TEST(Bounds, AreTheSheetsTimersAndALevelForEachRest) {
  NodeOptions options;
  EXPECT_EQ(bound_of(options, seconds(180), milliseconds(2), {0, 0}), milliseconds(183'128));
  EXPECT_EQ(bound_of(options, seconds(180), milliseconds(2), {2, 5}), milliseconds(204'384));
  options.extensions = false;
  EXPECT_EQ(bound_of(options, seconds(180), milliseconds(2), {0, 0}), milliseconds(364'128));
}

}  // namespace
}  // namespace wireproof::hmtp::simulation::testing
