// hmtp-simulation as a program.

#include <gmock/gmock.h>

#include "../base/running_program.hpp"

namespace wireproof::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

/// Whether the process has blocked the signal.
bool holds_back(pid_t process, int signal) {
  std::ifstream status(fmt::format("/proc/{}/status", process));
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("SigBlk:")) return (std::stoull(line.substr(7), nullptr, 16) >> (signal - 1) & 1) != 0;
  }
  return false;
}

TEST(HmtpSimulation, SumsUpWhatHolds) {
  RunningProgram program({"hmtp-simulation", "--runs", "20", "--nodes", "3-9", "--json", "-"});
  EXPECT_EQ(program.exit_status(), 0);
  EXPECT_THAT(program.output(), AllOf(HasSubstr("20 runs, seeds 1 to 20, extensions on: 3 to 9 nodes"),
                                      HasSubstr("no-cycle       kept in 20 runs"), HasSubstr("\"runs\": 20"),
                                      HasSubstr("\"no-cycle\": {\"judged\": 20, \"broken\": 0}")));
  EXPECT_EQ(program.errors(), "");
}

TEST(HmtpSimulation, TellsHowToSeeABreachAgainAndDoesSo) {
  const std::vector<std::string> options{"--seed",       "177", "--nodes",  "5",
                                         "--extensions", "off", "--faults", "continual"};
  std::vector<std::string> words{"hmtp-simulation"};
  words.insert(words.end(), options.begin(), options.end());
  RunningProgram sweep(words);
  EXPECT_EQ(sweep.exit_status(), 1);
  const std::string told = sweep.output();
  EXPECT_THAT(told, AllOf(HasSubstr("no-cycle broken by seed 177"), HasSubstr("smaller, "), HasSubstr("!! no-cycle")));

  const std::string mark = "  hmtp-simulation --seed 177 --nodes 5 --extensions off --faults continual --only ";
  const std::size_t found = told.find(mark);
  ASSERT_NE(found, std::string::npos);
  const std::size_t begin = found + mark.size();
  words.insert(words.end(), {"--only", told.substr(begin, told.find(' ', begin) - begin), "--trace"});
  RunningProgram replay(words);
  EXPECT_EQ(replay.exit_status(), 1);
  const std::size_t breach = told.find("!! no-cycle");
  const std::size_t line = told.rfind('\n', breach) + 1;
  EXPECT_THAT(replay.output(), HasSubstr(told.substr(line, told.find('\n', breach) - line)));
}

TEST(HmtpSimulation, RefusesWhatItCannotDo) {
  for (const std::vector<std::string>& options : std::vector<std::vector<std::string>>{{"--nodes", "0"},
                                                                                       {"--nodes", "9-3"},
                                                                                       {"--only", "2,1"},
                                                                                       {"--runs", "0"},
                                                                                       {"--faults", "sunny"},
                                                                                       {"--trace", "--runs", "2"}}) {
    std::vector<std::string> words{"hmtp-simulation"};
    words.insert(words.end(), options.begin(), options.end());
    RunningProgram program(words);
    EXPECT_EQ(program.exit_status(), 2) << options.front() << program.output();
    EXPECT_THAT(program.errors(), Not(HasSubstr("terminate")));
  }
}

TEST(HmtpSimulation, EndsInOrderOnASignal) {
  RunningProgram program({"hmtp-simulation", "--runs", "1000000000", "--nodes", "3", "--json", "/dev/stderr"});
  // Nothing shows that runs are under way but that the signal no longer kills.
  ASSERT_TRUE(eventually([&] { return holds_back(program.pid(), SIGINT); }));
  program.signal(SIGINT);
  EXPECT_EQ(program.exit_status(), 1);
  EXPECT_THAT(program.errors(), HasSubstr("stopped by a signal"));
}

}  // namespace
}  // namespace wireproof::testing
