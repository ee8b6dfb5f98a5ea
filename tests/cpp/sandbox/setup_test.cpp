// What sandbox-init says when it is asked wrongly, or cannot.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>

#include "running_sandbox.hpp"

namespace wireproof::sandbox::testing {
namespace {

using ::testing::HasSubstr;

TEST(Setup, HelpHasAnExampleAndVersionIsOurs) {
  const Plain help = run_plainly({"--help"});
  EXPECT_EQ(help.status, 0);
  EXPECT_THAT(help.output, HasSubstr("bwrap --unshare-pid --as-pid-1"));
  EXPECT_THAT(help.output, HasSubstr("--raw-sockets"));
  const Plain version = run_plainly({"--version"});
  EXPECT_EQ(version.status, 0);
  EXPECT_THAT(version.output, HasSubstr("sandbox-init (wireproof) "));
}

TEST(Setup, WrongUsageIsTwo) {
  const std::vector<std::string> streams = {"--stdin", "0",     "--stdout", "1",     "--stderr",
                                            "2",       "--uid", "1",        "--gid", "1"};
  const auto with = [&](std::vector<std::string> words) {
    words.insert(words.begin(), streams.begin(), streams.end());
    return run_plainly(words);
  };
  const Plain no_control = with({"--", "true"});
  EXPECT_EQ(no_control.status, 2);
  EXPECT_THAT(no_control.errors, HasSubstr("sandbox-init: --control is required"));
  const Plain no_program = with({"--control", "0"});
  EXPECT_EQ(no_program.status, 2);
  EXPECT_THAT(no_program.errors, HasSubstr("no program is named"));
  const Plain not_open = with({"--control", "999", "--", "true"});
  EXPECT_EQ(not_open.status, 2);
  EXPECT_THAT(not_open.errors, HasSubstr("--control 999: no such descriptor is open"));
  EXPECT_EQ(with({"--control", "0", "--memory", "much", "--", "true"}).status, 2);
}

TEST(Setup, ControlMustBeASocketOfPackets) {
  const FileDescriptor file(::open("/dev/null", O_RDWR));
  const Plain plain = run_plainly({"--control", std::to_string(file.get()), "--stdin", "0", "--stdout", "1", "--stderr",
                                   "2", "--uid", "1", "--gid", "1", "--", "true"});
  EXPECT_EQ(plain.status, 1);
  EXPECT_THAT(plain.errors, HasSubstr("sandbox-init: look at the control socket: "));
}

TEST(Setup, ItIsProcess1OrNothing) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends.data()), 0);
  const FileDescriptor here(ends[0]);
  const FileDescriptor there(ends[1]);
  const Plain plain = run_plainly({"--control", std::to_string(there.get()), "--stdin", "0", "--stdout", "1",
                                   "--stderr", "2", "--uid", "1", "--gid", "1", "--", "true"});
  EXPECT_EQ(plain.status, 2);
  EXPECT_THAT(plain.errors, HasSubstr("sandbox-init: this is not process 1 of its namespace"));
}

TEST(Setup, WhatGoesWrongInTheProgramsProcessIsTold) {
  Arrangement setup;
  setup.in_cell = "echo 0 >/proc/sys/user/max_user_namespaces";
  RunningSandbox sandbox({"true"}, setup);
  EXPECT_EQ(sandbox.next().text, "ready");
  EXPECT_EQ(sandbox.next().text, "") << "the end";
  EXPECT_EQ(sandbox.finish(), 1);
  EXPECT_EQ(sandbox.own_errors(), "sandbox-init: make a user namespace for the program: No space left on device\n");
}

TEST(Setup, TerminalThatIsNoneIsTold) {
  Arrangement setup;
  setup.options = {"--terminal"};
  RunningSandbox sandbox({"true"}, setup);
  EXPECT_EQ(sandbox.next().text, "ready");
  EXPECT_EQ(sandbox.next().text, "");
  EXPECT_EQ(sandbox.finish(), 1);
  EXPECT_THAT(sandbox.own_errors(), HasSubstr("sandbox-init: make standard input the controlling terminal: "));
}

}  // namespace
}  // namespace wireproof::sandbox::testing
