// From "ready" to "release": how a program starts, ends, and is followed.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <sstream>

#include "running_sandbox.hpp"

namespace wireproof::sandbox::testing {
namespace {

using ::testing::HasSubstr;

TEST(Life, StatusesAreRaw) {
  for (const int status : {0, 3, 126, 127}) {
    RunningSandbox sandbox(shell(fmt::format("exit {}", status)));
    sandbox.start();
    EXPECT_EQ(sandbox.ended(), status << 8);
    EXPECT_EQ(sandbox.release(), 0);
  }
}

TEST(Life, DeathBySignalIsRaw) {
  for (const int number : {SIGKILL, SIGSEGV, SIGTERM}) {
    RunningSandbox sandbox(shell(fmt::format("kill -{} $$", number)));
    sandbox.start();
    EXPECT_EQ(sandbox.ended(), number);
    sandbox.release();
  }
}

TEST(Life, ProcessorTimeAndMemoryAreTold) {
  RunningSandbox sandbox(python("import time\nx = bytearray(50 << 20)\nwhile time.process_time() < 0.2: pass"));
  sandbox.start();
  EXPECT_EQ(sandbox.ended(), 0);
  std::istringstream words(sandbox.last);
  std::string word;
  long status = -1;
  long user = -1;
  long system = -1;
  long kibibytes = -1;
  ASSERT_TRUE(words >> word >> status >> user >> system >> kibibytes) << sandbox.last;
  EXPECT_GE(user + system, 200'000);
  EXPECT_LT(user + system, 20'000'000);
  EXPECT_GE(kibibytes, 50 << 10);
  EXPECT_LT(kibibytes, 200 << 10);
}

TEST(Life, MissingProgramIsRefused) {
  RunningSandbox sandbox({"no-such-program", "argument"});
  sandbox.prepare();
  sandbox.say("go");
  EXPECT_EQ(sandbox.next().text, fmt::format("refused {}", ENOENT));
  EXPECT_EQ(sandbox.ended(), 127 << 8);
  EXPECT_EQ(sandbox.errors(), "cannot run no-such-program: No such file or directory\n");
  EXPECT_EQ(sandbox.output(), "");
}

TEST(Life, FileThatIsNoProgramIsRefused) {
  RunningSandbox sandbox({"/etc/alternatives"});
  sandbox.prepare();
  sandbox.say("go");
  EXPECT_EQ(sandbox.next().text, fmt::format("refused {}", EACCES));
  EXPECT_EQ(sandbox.ended(), 126 << 8);
  EXPECT_EQ(sandbox.errors(), "cannot run /etc/alternatives: Permission denied\n");
}

TEST(Life, ArgumentsArriveAsTheyWereGiven) {
  RunningSandbox sandbox({"printf", "<%s>", "", "[a,b]", "--", "--help", "a b\n", "%%"});
  sandbox.start();
  EXPECT_EQ(sandbox.ended(), 0);
  EXPECT_EQ(sandbox.output(), "<><[a,b]><--><--help><a b\n><%%>");
}

TEST(Life, DeathBeforeExecIsNotCalledExecution) {
  RunningSandbox sandbox({"true"});
  sandbox.prepare();
  ASSERT_EQ(::kill(sandbox.program(), SIGKILL), 0);
  EXPECT_EQ(sandbox.ended(), SIGKILL);
}

TEST(Life, TheProgramIsWhoSaidWaiting) {
  RunningSandbox sandbox(
      python("import os, signal\n"
             "signal.signal(signal.SIGUSR1, lambda *_: (os.write(1, b'heard\\n'), os._exit(5)))\n"
             "os.write(1, b'up\\n')\n"
             "while True: signal.pause()"));
  sandbox.start();
  ASSERT_TRUE(sandbox.shows("up\n"));
  ASSERT_EQ(::kill(sandbox.program(), SIGUSR1), 0);
  EXPECT_EQ(sandbox.ended(), 5 << 8);
  EXPECT_EQ(sandbox.output(), "up\nheard\n");
}

TEST(Life, SignalToTheGroupReachesChildren) {
  RunningSandbox sandbox(
      shell("sleep 1000 & c=$!; trap 'wait $c; echo child $?; exit 0' USR1; echo up\n"
            "while :; do wait; done"));
  sandbox.start();
  ASSERT_TRUE(sandbox.shows("up\n"));
  ASSERT_EQ(::kill(-sandbox.program(), SIGUSR1), 0);
  EXPECT_EQ(sandbox.ended(), 0);
  EXPECT_EQ(sandbox.output(), fmt::format("up\nchild {}\n", 128 + SIGUSR1));
}

TEST(Life, SurvivorsLiveUntilRelease) {
  RunningSandbox sandbox(shell("setsid sleep 1000 & sleep 1000 & sleep 1000 & exit 0"));
  sandbox.start();
  EXPECT_EQ(sandbox.ended(), 0);
  const std::vector<pid_t> survivors = sandbox.processes();
  ASSERT_EQ(survivors.size(), 3U);
  EXPECT_EQ(sandbox.release(), 0);
  for (const pid_t survivor : survivors) EXPECT_EQ(::kill(survivor, 0), -1) << "process " << survivor << " lives on";
}

TEST(Life, TheEndOfTheHarnessIsTheEndOfAll) {
  RunningSandbox sandbox(shell("trap '' HUP TERM INT; setsid sleep 1000 & sleep 1000"));
  sandbox.start();
  ASSERT_TRUE(eventually([&] { return sandbox.processes().size() == 3; }));
  const std::vector<pid_t> processes = sandbox.processes();
  sandbox.hang_up();
  EXPECT_EQ(sandbox.finish(), 0);
  for (const pid_t process : processes) EXPECT_EQ(::kill(process, 0), -1);
}

TEST(Life, ReleaseBeforeGoRunsNothing) {
  RunningSandbox sandbox(shell("echo ran"));
  sandbox.prepare();
  EXPECT_EQ(sandbox.release(), 0);
  EXPECT_EQ(sandbox.output(), "");
}

TEST(Life, OrphansAreReaped) {
  RunningSandbox sandbox(shell("for i in 1 2 3 4 5 6 7 8 9; do (true & true &) done; echo made; read line"));
  sandbox.start();
  ASSERT_TRUE(sandbox.shows("made\n"));
  EXPECT_TRUE(eventually([&] { return sandbox.processes() == std::vector<pid_t>{sandbox.program()}; }));
  sandbox.close_input();
  EXPECT_EQ(sandbox.ended(), 1 << 8);  // read's
}

TEST(Life, EndsOfFilesAreSeen) {
  RunningSandbox sandbox({"cat"});
  sandbox.start();
  sandbox.type("text\n");
  ASSERT_TRUE(sandbox.shows("text\n"));
  sandbox.close_input();
  EXPECT_EQ(sandbox.ended(), 0);
  // sandbox-init is still there, and holds neither of them.
  EXPECT_EQ(sandbox.output(), "text\n");
  EXPECT_EQ(sandbox.errors(), "");
  EXPECT_EQ(::kill(sandbox.init(), 0), 0);
}

TEST(Life, ControlCReachesTheForegroundGroup) {
  Arrangement setup;
  setup.terminal = true;
  // The child dies of the signal; the shell hears it too. The child tells that it is up, because between fork and exec
  // it would be deaf to the signal.
  RunningSandbox sandbox(shell("trap 'echo caught' INT\n"
                               "sh -c 'test -t 0 && echo up >/dev/tty; exec sleep 1000'\n"
                               "echo child $?; exit 9"),
                         setup);
  sandbox.start();
  ASSERT_TRUE(sandbox.shows("up"));
  sandbox.type("\x03");
  ASSERT_TRUE(sandbox.shows(fmt::format("child {}", 128 + SIGINT)));
  EXPECT_TRUE(sandbox.shows("caught"));
  EXPECT_EQ(sandbox.ended(), 9 << 8);
}

TEST(Life, WithoutATerminalThereIsNoneToOpen) {
  RunningSandbox sandbox(shell("echo text 2>&1 >/dev/tty"));
  sandbox.start();
  EXPECT_NE(sandbox.ended(), 0);
}

TEST(Life, NothingIsInheritedButThreeStreams) {
  // What this process leaves open for the cell is one of those that must not arrive.
  const FileDescriptor open_file(::open("/proc/version", O_RDONLY));
  RunningSandbox sandbox({"ls", "/proc/self/fd"});
  sandbox.start();
  EXPECT_EQ(sandbox.ended(), 0);
  EXPECT_EQ(sandbox.output(), "0\n1\n2\n3\n");  // 3 is ls's own
}

TEST(Life, StreamsCanBeOpenedAgainByName) {
  RunningSandbox sandbox(shell("echo out >/dev/stdout; echo err >/dev/stderr; cat /dev/stdin"));
  sandbox.start();
  sandbox.type("in\n");
  sandbox.close_input();
  EXPECT_EQ(sandbox.ended(), 0);
  EXPECT_EQ(sandbox.output(), "out\nin\n");
  EXPECT_EQ(sandbox.errors(), "err\n");
}

TEST(Life, StraceFromOutsideSeesTheProgramFromItsExecOn) {
  RunningSandbox sandbox({"/usr/bin/true"});
  sandbox.prepare();
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  const FileDescriptor trace(ends[0]);
  FileDescriptor far_end(ends[1]);
  const std::string process = std::to_string(sandbox.program());
  const pid_t strace = ::fork();
  if (strace == 0) {
    ::dup2(far_end.get(), STDERR_FILENO);
    ::execlp("strace", "strace", "-f", "-e", "trace=execve,exit_group", "-p", process.c_str(), nullptr);
    ::_exit(72);
  }
  far_end = FileDescriptor();
  ASSERT_TRUE(eventually([&] { return status_field(sandbox.program(), "TracerPid") == std::to_string(strace); }));
  sandbox.say("go");
  EXPECT_EQ(sandbox.next().text, "executed");
  EXPECT_EQ(sandbox.ended(), 0);
  std::string text;
  std::array<char, 4096> buffer;
  for (ssize_t length = 0; (length = ::read(trace.get(), buffer.data(), buffer.size())) > 0;) {
    text.append(buffer.data(), static_cast<std::size_t>(length));
  }
  ::waitpid(strace, nullptr, 0);
  EXPECT_THAT(text, HasSubstr("execve(\"/usr/bin/true\""));
  EXPECT_THAT(text, HasSubstr("exit_group(0)"));
}

}  // namespace
}  // namespace wireproof::sandbox::testing
