// A file that has its name only when it is whole.

#include "files/part_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "command_line/program.hpp"

namespace wireproof {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Parts : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_NE(::mkdtemp(folder_.data()), nullptr); }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string path() const { return folder_ + "/a"; }
  static std::string contents(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void put(const std::string& name, std::string_view bytes) const { std::ofstream(folder_ + "/" + name) << bytes; }
  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) all.push_back(entry.path().filename());
    std::sort(all.begin(), all.end());
    return all;
  }
  std::string failure(bool continues = true) const {
    try {
      const PartFile part(path(), continues);
      return "no failure";
    } catch (const Failure& failure) {
      return failure.what();
    }
  }

  std::string folder_ = ::testing::TempDir() + "part-XXXXXX";
};

TEST_F(Parts, HaveTheirNameWhenTheyAreWhole) {
  PartFile part(path(), false);
  part.begin_anew("facts");
  part.write("one, ");
  part.write("two");
  EXPECT_THAT(names(), ElementsAre("a.part", "a.part.from"));
  EXPECT_TRUE(part.finish(path(), false));
  EXPECT_THAT(names(), ElementsAre("a"));
  EXPECT_EQ(contents(path()), "one, two");
}

TEST_F(Parts, GoOn) {
  {
    PartFile part(path(), true);
    EXPECT_EQ(part.known(), std::nullopt);
    part.begin_anew("facts");
    part.write("one, ");
    part.leave();
  }
  PartFile part(path(), true);
  EXPECT_EQ(part.known(), "facts");
  EXPECT_EQ(part.size(), 5U);
  part.write("two");
  EXPECT_TRUE(part.finish(path(), false));
  EXPECT_EQ(contents(path()), "one, two");
}

TEST_F(Parts, BeginAnewWhereNothingIsKnown) {
  put("a.part", "of unknown origin");
  EXPECT_EQ(PartFile(path(), true).size(), 0U);
  put("a.part", "old");
  put("a.part.from", "facts");
  EXPECT_EQ(PartFile(path(), false).size(), 0U);
  EXPECT_THAT(names(), ElementsAre("a.part"));
  put("a.part.from", std::string(100'000, 'x'));
  EXPECT_EQ(PartFile(path(), true).known(), std::nullopt);
}

TEST_F(Parts, AreRemovedWhenNobodyCanGoOnWithThem) {
  PartFile part(path(), false);
  part.begin_anew(std::nullopt);
  part.write("x");
  part.leave();
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(Parts, ReplaceOnlyWhenAsked) {
  put("a", "old");
  PartFile part(path(), false);
  part.write("new");
  EXPECT_FALSE(part.finish(path(), false));
  EXPECT_EQ(contents(path()), "old");
  EXPECT_TRUE(part.finish(path(), true));
  EXPECT_EQ(contents(path()), "new");
}

TEST_F(Parts, HaveOneWriter) {
  const PartFile part(path(), false);
  EXPECT_THAT(failure(), HasSubstr("a.part: another program is writing it"));
}

TEST_F(Parts, FollowNoLinkAndWriteIntoNoPipe) {
  put("victim", "precious");
  ASSERT_EQ(::symlink((folder_ + "/victim").c_str(), (path() + ".part").c_str()), 0);
  EXPECT_THAT(failure(), HasSubstr("a.part: Too many levels of symbolic links"));
  EXPECT_EQ(contents(folder_ + "/victim"), "precious");
  std::filesystem::remove(path() + ".part");
  ASSERT_EQ(::mkfifo((path() + ".part").c_str(), 0600), 0);
  EXPECT_NE(failure(), "no failure");
}

TEST_F(Parts, TellWhyTheyCannotBeWritten) {
  std::filesystem::remove_all(folder_);
  EXPECT_THAT(failure(), HasSubstr("write " + path() + ".part: No such file or directory"));
}

/// Killed anywhere, a program leaves either nothing, or bytes of which the right thing is known, or the whole.
TEST_F(Parts, AreNeverTakenForOthers) {
  for (int round = 0; round < 60; ++round) {
    const pid_t writer = ::fork();
    if (writer == 0) {
      for (char letter = 'a';; letter = letter == 'z' ? 'a' : static_cast<char>(letter + 1)) {
        PartFile part(path(), false);
        part.begin_anew(std::string(1, letter));
        for (int i = 0; i < 20; ++i) part.write(std::string(100, letter));
        part.finish(path(), true);
      }
    }
    ::usleep(static_cast<useconds_t>(500 + 131 * round));
    ::kill(writer, SIGKILL);
    ::waitpid(writer, nullptr, 0);
    const std::string whole = contents(path());
    if (!whole.empty()) {
      EXPECT_EQ(whole, std::string(2000, whole.front()));
    }
    const PartFile part(path(), true);
    const std::string bytes = contents(part.part_path());
    if (part.known() && !bytes.empty()) {
      EXPECT_EQ(bytes, std::string(bytes.size(), part.known()->front()));
    }
  }
}

}  // namespace
}  // namespace wireproof
