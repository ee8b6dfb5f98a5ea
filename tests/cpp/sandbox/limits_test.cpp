// Programs that want more than they may have.

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include "running_sandbox.hpp"

namespace wireproof::sandbox::testing {
namespace {

// Each process of it makes more of itself, as sessions of their own, for as long as it is let.
constexpr const char* fork_bomb =
    "import os, time\n"
    "while True:\n"
    "  try:\n"
    "    if os.fork() == 0: os.setsid()\n"
    "  except OSError: time.sleep(0.01)\n";

TEST(Limits, ForkBombStopsAtTheLimitAndEndsWithTheRelease) {
  constexpr std::size_t limit = 60;
  RunningSandbox sandbox(python(fork_bomb), {{"--processes", std::to_string(limit)}});
  sandbox.start();
  EXPECT_EQ(sandbox.next().text, fmt::format("limit processes {}", limit));
  const std::vector<pid_t> bomb = sandbox.processes();
  EXPECT_LE(bomb.size(), limit);
  EXPECT_GE(bomb.size(), limit - 5);
  EXPECT_EQ(sandbox.release(), 0);
  for (const pid_t process : bomb) EXPECT_EQ(::kill(process, 0), -1) << process;
}

TEST(Limits, ProcessesOfOneSandboxDoNotCountInAnother) {
  RunningSandbox first(python(fork_bomb), {{"--processes", "30"}});
  first.start();
  EXPECT_EQ(first.next().text, "limit processes 30");
  RunningSandbox second(shell("sleep 1000 & sleep 1000 & echo made"), {{"--processes", "5"}});
  second.start();
  EXPECT_EQ(second.ended(), 0);
  second.release();
  EXPECT_EQ(second.output(), "made\n") << second.errors();
}

TEST(Limits, ThreadsCountAsProcesses) {
  RunningSandbox sandbox(
      python("import threading, time\n"
             "made = 0\n"
             "try:\n"
             "  while True: threading.Thread(target=time.sleep, args=(1000,), daemon=True).start(); made += 1\n"
             "except RuntimeError: print(made, flush=True)\n"
             "time.sleep(1000)"),
      {{"--processes", "20"}});
  sandbox.start();
  EXPECT_EQ(sandbox.next().text, "limit processes 20");
  EXPECT_TRUE(sandbox.shows("19\n"));
}

TEST(Limits, SeveralProcessesTogetherPassTheLimitOfMemory) {
  RunningSandbox sandbox(python("import os, time\n"
                                "for _ in range(3):\n"
                                "  if os.fork() == 0: break\n"
                                "memory = bytearray(b'x' * (60 << 20))\n"
                                "time.sleep(1000)"),
                         {{"--memory", std::to_string(150 << 20)}});
  sandbox.start();
  EXPECT_EQ(sandbox.next().text, fmt::format("limit memory {}", 150 << 20));
  EXPECT_EQ(sandbox.ended(), SIGKILL);
  EXPECT_TRUE(eventually([&] { return sandbox.processes().empty(); }));
  EXPECT_EQ(sandbox.release(), 0);
}

TEST(Limits, SurvivorsPassItToo) {
  RunningSandbox sandbox(python("import os, time\n"
                                "if os.fork(): os._exit(0)\n"
                                "memory = bytearray(b'x' * (100 << 20))\n"
                                "time.sleep(1000)"),
                         {{"--memory", std::to_string(50 << 20)}});
  sandbox.start();
  EXPECT_EQ(sandbox.ended(), 0);
  EXPECT_EQ(sandbox.next().text, fmt::format("limit memory {}", 50 << 20));
  EXPECT_TRUE(eventually([&] { return sandbox.processes().empty(); }));
}

TEST(Limits, SharedMemoryCountsOnce) {
  // Eight processes that are 60 MB large each, and the same 60 MB. Some 15 samples are taken meanwhile.
  RunningSandbox sandbox(python("import os, time\n"
                                "memory = bytes(60 << 20)\n"
                                "memory = b'x' * (60 << 20)\n"
                                "for _ in range(7):\n"
                                "  if os.fork() == 0: break\n"
                                "time.sleep(0.6)\n"
                                "while True:\n"
                                "  try: os.wait()\n"
                                "  except ChildProcessError: break\n"),
                         {{"--memory", std::to_string(150 << 20)}});
  sandbox.start();
  EXPECT_EQ(sandbox.ended(), 0);
}

TEST(Limits, DataOfOneProcess) {
  RunningSandbox sandbox(python("try: bytearray(200 << 20)\nexcept MemoryError: print('no')"),
                         {{"--data", std::to_string(100 << 20)}});
  sandbox.start();
  EXPECT_EQ(sandbox.ended(), 0);
  EXPECT_EQ(sandbox.output(), "no\n");
}

TEST(Limits, ProcessorTimeIsToldByTheSignal) {
  RunningSandbox sandbox(python("while True: pass"), {{"--processor-seconds", "1"}});
  sandbox.start();
  EXPECT_EQ(sandbox.ended(), SIGXCPU);
}

TEST(Limits, FilesOfTheScratchFolder) {
  const std::string text =
      "import os\n"
      "for folder in '/tmp', '/dev/shm':\n"
      "  made = 0\n"
      "  try:\n"
      "    while made < 200: os.mkdir(f'{folder}/{made}'); made += 1\n"
      "  except OSError as error: print(os.strerror(error.errno), 90 < made <= 100)\n";
  RunningSandbox sandbox(python(text), {{"--files", "100"}});
  sandbox.start();
  EXPECT_EQ(sandbox.ended(), 0) << sandbox.own_errors();
  EXPECT_EQ(sandbox.output(), "No space left on device True\nNo space left on device True\n");
}

TEST(Limits, FilesOfCoveredFoldersAreNotAskedFor) {
  Arrangement setup;
  setup.mounts = "--ro-bind /usr /tmp --tmpfs /dev/shm --remount-ro /dev/shm";
  RunningSandbox sandbox(shell("test -d /tmp/bin && ! mkdir /dev/shm/folder"), setup);
  sandbox.start();
  EXPECT_EQ(sandbox.ended(), 0) << sandbox.own_errors();
}

TEST(Limits, ZeroIsNoLimit) {
  RunningSandbox sandbox(python("from resource import *\n"
                                "for limit in RLIMIT_DATA, RLIMIT_CPU: print(getrlimit(limit))"),
                         {{"--data", "0", "--memory", "0", "--processor-seconds", "0", "--files", "0"}});
  sandbox.start();
  EXPECT_EQ(sandbox.ended(), 0);
  EXPECT_EQ(sandbox.output(), "(-1, -1)\n(-1, -1)\n");
}

}  // namespace
}  // namespace wireproof::sandbox::testing
