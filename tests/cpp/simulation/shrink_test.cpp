// Shrinking, on sets of numbers and on stories.

#include "simulation/shrink.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <stdexcept>

#include "simulation/seeds.hpp"
#include "simulation/story.hpp"

namespace wireproof::simulation {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

bool has(const Numbers& numbers, std::size_t number) {
  return std::find(numbers.begin(), numbers.end(), number) != numbers.end();
}

TEST(Shrink, LeavesWhatIsNeeded) {
  const auto breaks = [](const Numbers& numbers) { return has(numbers, 17) && has(numbers, 18) && has(numbers, 93); };
  EXPECT_EQ(shrink(all_numbers(100), breaks, [] { return true; }), (Numbers{17, 18, 93}));
}

TEST(Shrink, LeavesNothingWhenNothingIsNeeded) {
  EXPECT_EQ(shrink(
                all_numbers(10), [](const Numbers&) { return true; }, [] { return true; }),
            Numbers{});
  EXPECT_EQ(shrink(
                Numbers{}, [](const Numbers&) { return true; }, [] { return true; }),
            Numbers{});
}

TEST(Shrink, StopsWhenItIsToldTo) {
  unsigned runs = 0;
  const Numbers kept = shrink(
      all_numbers(1000),
      [&](const Numbers& numbers) {
        ++runs;
        return has(numbers, 500);
      },
      [&] { return runs < 5; });
  EXPECT_EQ(runs, 5U);
  EXPECT_TRUE(has(kept, 500));
  EXPECT_LT(kept.size(), 1000U);
}

TEST(Numbers, AreReadAsTheyAreWritten) {
  EXPECT_EQ(text_of(Numbers{0, 1, 2, 5, 7, 8}), "0-2,5,7-8");
  EXPECT_EQ(parse_numbers("0-2,5,7-8"), (Numbers{0, 1, 2, 5, 7, 8}));
  for (const char* wrong : {"x", "1,", "2,1", "3-1", "1-", "-1", "100001", "0-100001"}) {
    EXPECT_EQ(parse_numbers(wrong), std::nullopt) << wrong;
  }
}

TEST(Stories, AreDrawnFromTheirSeedAndEndWell) {
  const StoryShape shape{.actors = {1}, .targets = 3, .mortals = {2}, .length = 100s, .deeds = 5, .failures = 6};
  EXPECT_EQ(draw_story(7, shape).text(), draw_story(7, shape).text());
  EXPECT_NE(draw_story(7, shape).text(), draw_story(8, shape).text());
  std::size_t calm = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    const Story story = draw_story(seed, shape);
    std::map<Action::Kind, Time> last;
    Conditions conditions;
    for (const Action& action : story.actions) {
      EXPECT_LE(action.at, shape.length);
      last[action.kind] = action.at;
      if (action.kind == Action::Kind::conditions) conditions = action.conditions;
    }
    EXPECT_LE(last[Action::Kind::crash], last[Action::Kind::restart]) << seed;
    EXPECT_LE(last[Action::Kind::partition], last[Action::Kind::heal]) << seed;
    EXPECT_EQ(conditions.loss + conditions.duplicates + conditions.late, 0U) << seed;
    calm += story.actions.size() == shape.deeds ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(calm), 100, 35);
}

TEST(Stories, AreTold) {
  const Story story{
      5, true, {{.at = 1500ms, .kind = Action::Kind::crash, .host = 3}, {.at = 2s, .host = 1, .value = 4}}};
  EXPECT_EQ(story.part({1}).text("asks"), "seed 5, local network\n    0     2.000000 n1 asks 4\n");
  EXPECT_THAT(story.text(), HasSubstr("    0     1.500000 n3 crashes\n"));
}

TEST(Seeds, AreAllRunUntilOneIsNotWanted) {
  for (const unsigned threads : {1U, 4U}) {
    std::vector<std::uint64_t> seeds;
    run_seeds(
        {10, 100, threads}, [](std::uint64_t seed) { return seed; },
        [&](std::uint64_t seed) {
          seeds.push_back(seed);
          return seed < 60;
        },
        [](std::uint64_t) { return true; });
    std::sort(seeds.begin(), seeds.end());
    ASSERT_GE(seeds.size(), 51U);
    for (std::uint64_t seed = 10; seed <= 60; ++seed) EXPECT_EQ(seeds[seed - 10], seed);
    EXPECT_LT(seeds.size(), 51U + threads);
  }
}

TEST(Seeds, PassOnWhatARunThrows) {
  const auto run = [](std::uint64_t seed) {
    if (seed == 5) throw std::runtime_error("five");
    return seed;
  };
  EXPECT_THROW(run_seeds(
                   {1, 100, 2}, run, [](std::uint64_t) { return true; }, [](std::uint64_t) { return true; }),
               std::runtime_error);
}

}  // namespace
}  // namespace wireproof::simulation
