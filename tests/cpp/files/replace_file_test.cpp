// A file that is replaced as a whole, or not at all.

#include "files/replace_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "command_line/program.hpp"

namespace wireproof {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ReplaceFile : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_NE(::mkdtemp(folder_.data()), nullptr); }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string path() const { return folder_ + "/state"; }
  std::string contents() const {
    std::ifstream file(path(), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) all.push_back(entry.path().filename());
    return all;
  }
  /// What is said when it fails.
  static std::string failure(const std::string& path, std::string_view bytes) {
    try {
      replace_file(path, bytes, 0600);
      return "no failure";
    } catch (const Failure& failure) {
      return failure.what();
    }
  }

  std::string folder_ = ::testing::TempDir() + "replace-XXXXXX";
};

TEST_F(ReplaceFile, MakesItAndMakesItAnew) {
  const mode_t before = ::umask(0);
  replace_file(path(), "first, and longer", 0600);
  ::umask(before);
  struct stat facts {};
  ASSERT_EQ(::stat(path().c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U);
  const ino_t first = facts.st_ino;
  replace_file(path(), std::string_view("a\0b", 3), 0600);
  EXPECT_EQ(contents(), std::string("a\0b", 3));
  ASSERT_EQ(::stat(path().c_str(), &facts), 0);
  EXPECT_NE(facts.st_ino, first) << "who has the old one open keeps it whole";
  EXPECT_THAT(names(), ElementsAre("state"));
}

TEST_F(ReplaceFile, LeavesTheOldOneWhenThereIsNoRoom) {
  replace_file(path(), "old", 0600);
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &limit), 0);
  ::signal(SIGXFSZ, SIG_IGN);
  rlimit small = limit;
  small.rlim_cur = 1000;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const std::string said = failure(path(), std::string(5000, 'x'));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
  EXPECT_THAT(said, HasSubstr("write " + path() + ".new: File too large"));
  EXPECT_EQ(contents(), "old");
  EXPECT_THAT(names(), ElementsAre("state"));
}

TEST_F(ReplaceFile, TellsWhereItCannotBe) {
  EXPECT_THAT(failure(folder_ + "/no/state", "x"),
              HasSubstr("write " + folder_ + "/no/state.new: No such file or directory"));
  std::filesystem::create_directory(path());
  EXPECT_THAT(failure(path(), "x"), HasSubstr("replace " + path() + ": Is a directory"));
  EXPECT_THAT(names(), ElementsAre("state"));
}

}  // namespace
}  // namespace wireproof
