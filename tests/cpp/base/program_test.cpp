#include "base/program.hpp"

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
      [&](CLI::App& app) { app.add_option("port", port)->required()->check(CLI::Range(1, 65535)); }, body);
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

TEST(Program, FailureIsOneAndNamesWhatTheSystemSaid) {
  testing::internal::CaptureStderr();
  EXPECT_EQ(
      run({"sample", "7"},
          []() -> ExitStatus { throw Failure("listen on port 7", std::make_error_code(std::errc::address_in_use)); }),
      1);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "sample: listen on port 7: Address already in use\n");
}

TEST(Program, HelpAndVersionAreNotErrors) {
  testing::internal::CaptureStdout();
  EXPECT_EQ(run({"sample", "--help"}, [] { return ExitStatus::failed; }), 0);
  EXPECT_EQ(run({"sample", "--version"}, [] { return ExitStatus::failed; }), 0);
  const std::string shown = testing::internal::GetCapturedStdout();
  EXPECT_NE(shown.find("Examples:\n  sample 7"), std::string::npos);
  EXPECT_NE(shown.find("sample (wireproof) "), std::string::npos);
}

TEST(Printable, KeepsTextAndShowsTheRestInHexadecimal) {
  EXPECT_EQ(printable("año €"), "año €");
  EXPECT_EQ(printable("\x1b[31m\n"), "\\x1b[31m\\x0a");
  EXPECT_EQ(printable("\xff\xc2"), "\\xff\\xc2");
  EXPECT_EQ(printable("\xc2\x9b"
                      "m"),
            "\\xc2\\x9bm")
      << "C1 controls move terminals too";
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80") << "surrogates are not UTF-8";
  EXPECT_EQ(printable("abcdef", 3), "abc…");
}

}  // namespace
}  // namespace wireproof
