#include "command_line/program.hpp"

#include <gtest/gtest.h>

#include <array>

namespace wireproof {
namespace {

int run(std::vector<std::string> words, const std::function<ExitStatus()>& body) {
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  int port = 0;
  return run_program(
      static_cast<int>(arguments.size()), arguments.data(), {"sample", "A sample.", "  sample 7"},
      [&](CommandLine& line) { line.option("port", port, "a port").required().between(1, 65535); }, body);
}

TEST(Program, ReturnsTheStatusOfItsBody) {
  EXPECT_EQ(run({"sample", "7"}, [] { return ExitStatus::ok; }), 0);
  EXPECT_EQ(run({"sample", "7"}, [] { return ExitStatus::failed; }), 1);
}

TEST(Program, WrongUsageIsTwo) {
  const auto unreachable = []() -> ExitStatus { throw std::logic_error("body ran"); };
  EXPECT_EQ(run({"sample"}, unreachable), 2);
  EXPECT_EQ(run({"sample", "70000"}, unreachable), 2);
  EXPECT_EQ(run({"sample", "7", "--what"}, unreachable), 2);
  EXPECT_EQ(run({"sample", "7"}, []() -> ExitStatus { throw UsageError("no such mode"); }), 2);
}

TEST(Program, WhatIsNoNumberIsInNoRange) {
  for (const char* const word : {"nan", "-nan", "NaN", "0.5", "inf"}) {
    double share = 0;
    double length = 1;
    std::string program = "sample";
    std::string given = word;
    std::array<char*, 3> words = {program.data(), given.data(), given.data()};
    const auto declare = [&](CommandLine& line) {
      line.option("share", share, "a share").between(0.0, 1.0);
      line.option("length", length, "a length").positive();
    };
    const int status =
        run_program(3, words.data(), {"sample", "A sample.", ""}, declare, [] { return ExitStatus::ok; });
    EXPECT_EQ(status, given == "0.5" ? 0 : 2) << word;
  }
}

TEST(Program, FailureIsOneAndNamesWhatTheSystemSaid) {
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(
      run({"sample", "7"},
          []() -> ExitStatus { throw Failure("listen on port 7", std::make_error_code(std::errc::address_in_use)); }),
      1);
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "sample: listen on port 7: Address already in use\n");
}

TEST(Program, HelpAndVersionAreNotErrors) {
  ::testing::internal::CaptureStdout();
  EXPECT_EQ(run({"sample", "--help"}, [] { return ExitStatus::failed; }), 0);
  EXPECT_EQ(run({"sample", "--version"}, [] { return ExitStatus::failed; }), 0);
  const std::string shown = ::testing::internal::GetCapturedStdout();
  EXPECT_NE(shown.find("Examples:\n  sample 7"), std::string::npos);
  EXPECT_NE(shown.find("sample (wireproof) "), std::string::npos);
}

TEST(Program, WhatItSaysMovesNoTerminal) {
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(run({"sample", "7"}, []() -> ExitStatus { throw Failure("open live\u202Eevil\x1b[2J\n\tand so on"); }), 1);
  EXPECT_EQ(run({"sample", "7", "\x1b[2J"}, [] { return ExitStatus::ok; }), 2);
  const std::string said = ::testing::internal::GetCapturedStderr();
  EXPECT_NE(said.find("sample: open live\\u{202e}evil\\x1b[2J\n\tand so on\n"), std::string::npos) << said;
  EXPECT_EQ(said.find('\x1b'), std::string::npos) << said;
}

TEST(Patience, IsNeverRoundedDownToForEver) {
  using std::chrono::milliseconds;
  EXPECT_EQ(patience_of(0), milliseconds(0));
  EXPECT_EQ(patience_of(0.0005), milliseconds(1));
  EXPECT_EQ(patience_of(2), milliseconds(2000));
  EXPECT_EQ(patience_of(86400), milliseconds(86'400'000));
}

}  // namespace
}  // namespace wireproof
