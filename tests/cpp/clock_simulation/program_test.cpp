// clock-simulation as a whole: hours in virtual time.

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "../base/running_program.hpp"

namespace wireproof::testing {
namespace {

using ::testing::HasSubstr;

TEST(ClockSimulation, StaysWithinItsBound) {
  const std::vector<std::vector<std::string>> kinds = {
      {},
      {"--back", "60"},
      {"--there", "0.1", "--back", "0.1", "--jitter", "0", "--drift", "100"},
      {"--drift", "-100", "--wrong", "0.1", "--interval", "300"},
      {"--jitter", "200", "--samples", "2", "--wrong", "-1000"},
  };
  for (const auto& kind : kinds) {
    for (const char* const seed : {"1", "2", "3"}) {
      std::vector<std::string> words = {"clock-simulation", "--seed", seed};
      words.insert(words.end(), kind.begin(), kind.end());
      RunningProgram program(words);
      EXPECT_EQ(program.exit_status(), 0) << program.errors();
    }
  }
}

TEST(ClockSimulation, TellsTheSameHourOfASeed) {
  const auto hour = [](const char* seed) {
    RunningProgram program({"clock-simulation", "--seed", seed, "--json", "-"});
    EXPECT_EQ(program.exit_status(), 0);
    return program.output();
  };
  const std::string first = hour("1");
  EXPECT_THAT(first, HasSubstr("\"at\": 3600.000000000, \"error\": "));
  EXPECT_EQ(first, hour("1"));
  EXPECT_NE(first, hour("2"));
}

}  // namespace
}  // namespace wireproof::testing
