// The parts that need no sandbox.

#include <gtest/gtest.h>
#include <unistd.h>

#include "sandbox/file_systems.hpp"
#include "sandbox/limit_watch.hpp"
#include "sandbox/messages.hpp"
#include "sandbox/options.hpp"
#include "sandbox/process_table.hpp"

namespace wireproof::sandbox {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

TEST(Messages, AreWords) {
  rusage used{};
  used.ru_utime = {2, 3};
  used.ru_stime = {0, 40};
  used.ru_maxrss = 5000;
  EXPECT_EQ(ended_message(768, used), "ended 768 2000003 40 5000");
  EXPECT_EQ(refused_message(2), "refused 2");
  EXPECT_EQ(memory_limit_message(1073741824), "limit memory 1073741824");
  EXPECT_EQ(process_limit_message(256), "limit processes 256");
  EXPECT_EQ(request_of("go"), Request::go);
  EXPECT_EQ(request_of("release"), Request::release);
  EXPECT_EQ(request_of("going"), Request::unknown);
  EXPECT_EQ(request_of(""), Request::unknown);
}

TEST(TakeProgram, TakesTheWordsBehindTheFirstMark) {
  std::vector<std::string> words = {"sandbox-init", "--control", "3", "--", "sh", "--", "[a,b]"};
  std::vector<char*> list;
  for (auto& word : words) list.push_back(word.data());
  Options options;
  EXPECT_EQ(take_program(static_cast<int>(list.size()), list.data(), options), 3);
  ASSERT_EQ(options.program.size(), 4U);
  EXPECT_STREQ(options.program[0], "sh");
  EXPECT_STREQ(options.program[1], "--");
  EXPECT_STREQ(options.program[2], "[a,b]");
  EXPECT_EQ(options.program[3], nullptr);
  Options none;
  EXPECT_EQ(take_program(3, list.data(), none), 3);
  EXPECT_TRUE(none.program.empty());
}

constexpr const char* fields_behind_name =
    " S 1 7 7 0 -1 4194368 120 0 0 0 1 2 3 4 20 0 5 0 9999 12345678 678 18446744073709551615 1 1 0";

TEST(ParseStat, ReadsBehindTheName) {
  const auto figures = parse_stat(std::string("7 (a) b) (c )") + fields_behind_name);
  ASSERT_TRUE(figures);
  EXPECT_EQ(figures->flags, 4194368U);
  EXPECT_EQ(figures->threads, 5U);
  EXPECT_EQ(figures->resident_pages, 678U);
}

TEST(ParseStat, RefusesWhatIsCutOff) {
  const std::string whole = std::string("7 (x)") + fields_behind_name;
  const std::size_t enough = whole.find("678") + 1;
  for (std::size_t length = 0; length < enough; ++length) {
    EXPECT_FALSE(parse_stat(std::string_view(whole).substr(0, length))) << length;
  }
  EXPECT_FALSE(parse_stat("7 (x) S 1 7 7 0 -1 many 120 0 0 0 1 2 3 4 20 0 5 0 9999 12345678 678 1"));
}

TEST(ParseMount, ReadsWhatIsShownWhere) {
  EXPECT_EQ(parse_mount("36 35 0:30 / /tmp rw,nosuid,nodev,relatime - tmpfs tmpfs rw,size=65536k"),
            (Mount{"/", "/tmp", "tmpfs"}));
  EXPECT_EQ(parse_mount("36 35 98:0 /a\\040b /c\\134d ro,noatime master:1 propagate_from:2 - ext3 /dev/root rw"),
            (Mount{"/a b", "/c\\d", "ext3"}));
  EXPECT_EQ(parse_mount("36 35 98:0 / / rw master:1"), std::nullopt);
  EXPECT_EQ(parse_mount(""), std::nullopt);
}

TEST(ParseProportionalSize, FindsPss) {
  EXPECT_EQ(parse_proportional_size("5-7 ---p [rollup]\nRss:  300 kB\nPss:                 120 kB\nPss_Anon: 5 kB\n"),
            120U * 1024);
  EXPECT_EQ(parse_proportional_size(""), std::nullopt);
  EXPECT_EQ(parse_proportional_size("Rss: 5 kB\nPss:"), std::nullopt);
  EXPECT_EQ(parse_proportional_size("Rss: 5 kB\nPss: many kB"), std::nullopt);
}

TEST(HasExecuted, IsTrueOfThisProcessOnly) {
  EXPECT_TRUE(has_executed(::getpid()));
  EXPECT_FALSE(has_executed(0));
}

std::uint64_t never_asked() {
  ADD_FAILURE() << "the dear question was asked in vain";
  return 0;
}

TEST(LimitWatch, TellsOnceThatProcessesReachedTheirLimit) {
  LimitWatch watch(Limits{});
  EXPECT_FALSE(watch.reaches_processes(255));
  EXPECT_TRUE(watch.reaches_processes(256));
  EXPECT_FALSE(watch.reaches_processes(256));
  EXPECT_FALSE(watch.reaches_processes(10));
  EXPECT_FALSE(watch.reaches_processes(300));
}

TEST(LimitWatch, AsksForTheExactSizeOnlyAboveTheLimit) {
  Limits limits;
  limits.memory = 1000;
  LimitWatch watch(limits);
  EXPECT_FALSE(watch.look({1, 500}, never_asked).close_to_limit);
  EXPECT_TRUE(watch.look({1, 501}, never_asked).close_to_limit);
  EXPECT_FALSE(watch.look({1, 1000}, never_asked).memory_passed);
  EXPECT_FALSE(watch.look({1, 1001}, [] { return 1000; }).memory_passed);
  EXPECT_TRUE(watch.look({1, 1001}, [] { return 1001; }).memory_passed);
}

TEST(LimitWatch, ZeroIsNoLimit) {
  Limits limits;
  limits.memory = 0;
  limits.processes = 0;
  LimitWatch watch(limits);
  const auto found = watch.look({1'000'000, 1ULL << 60}, never_asked);
  EXPECT_FALSE(found.memory_passed);
  EXPECT_FALSE(watch.reaches_processes(1'000'000));
}

TEST(PauseAfter, KeepsLookingCheap) {
  EXPECT_EQ(pause_after(microseconds(0), false), milliseconds(200));
  EXPECT_EQ(pause_after(microseconds(2000), false), milliseconds(200));
  EXPECT_EQ(pause_after(milliseconds(4), false), milliseconds(400));
  EXPECT_EQ(pause_after(microseconds(0), true), milliseconds(40));
  EXPECT_EQ(pause_after(milliseconds(4), true), milliseconds(80));
}

}  // namespace
}  // namespace wireproof::sandbox
