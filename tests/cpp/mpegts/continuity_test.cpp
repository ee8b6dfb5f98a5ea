#include "mpegts/continuity.hpp"

#include <gtest/gtest.h>

#include "packets.hpp"

namespace wireproof::mpegts {
namespace {

class ContinuityTest : public testing::Test {
 protected:
  Continuity add(const test::Shape& shape) { return tracker.add(test::parse(test::make_packet(shape))); }

  ContinuityTracker tracker;
};

TEST_F(ContinuityTest, CountsToFifteenAndStartsAgain) {
  EXPECT_EQ(add({.counter = 13}), Continuity::first);
  for (const unsigned counter : {14U, 15U, 0U, 1U}) {
    EXPECT_EQ(add({.counter = counter, .fill = static_cast<std::uint8_t>(counter)}), Continuity::expected);
  }
  EXPECT_EQ(tracker.errors(), 0U);
}

TEST_F(ContinuityTest, FollowsEachPidByItself) {
  add({.pid = 1, .counter = 3});
  EXPECT_EQ(add({.pid = 2, .counter = 9}), Continuity::first);
  EXPECT_EQ(add({.pid = 1, .counter = 4}), Continuity::expected);
  EXPECT_EQ(add({.pid = 2, .counter = 10}), Continuity::expected);
}

TEST_F(ContinuityTest, CountsWhatIsMissing) {
  add({.counter = 14});
  EXPECT_EQ(add({.counter = 2}), Continuity::error);
  EXPECT_EQ(tracker.errors(), 1U);
  EXPECT_EQ(tracker.missing_at_least(), 3U) << "15, 0 and 1";
  EXPECT_EQ(add({.counter = 3}), Continuity::expected) << "one loss is one error";
}

TEST_F(ContinuityTest, AllowsOneDuplicate) {
  add({.counter = 5, .fill = 1});
  EXPECT_EQ(add({.counter = 5, .fill = 1}), Continuity::duplicate);
  EXPECT_EQ(add({.counter = 6, .fill = 2}), Continuity::expected);
  EXPECT_EQ(add({.counter = 6, .fill = 2}), Continuity::duplicate);
  EXPECT_EQ(add({.counter = 6, .fill = 2}), Continuity::error) << "twice is once too often";
  EXPECT_EQ(tracker.duplicates(), 2U);
  EXPECT_EQ(tracker.errors(), 1U);
}

TEST_F(ContinuityTest, ADuplicateMayHaveAnotherPcr) {
  add({.counter = 5, .pcr = 1000});
  EXPECT_EQ(add({.counter = 5, .pcr = 2000}), Continuity::duplicate);
}

TEST_F(ContinuityTest, TheSameCounterWithOtherContentIsALossOfFifteen) {
  add({.counter = 5, .fill = 1});
  EXPECT_EQ(add({.counter = 5, .fill = 2}), Continuity::error);
  EXPECT_EQ(tracker.missing_at_least(), 15U);
}

TEST_F(ContinuityTest, StandsStillWithoutPayload) {
  add({.counter = 5});
  EXPECT_EQ(add({.counter = 5, .payload = false}), Continuity::expected);
  EXPECT_EQ(add({.counter = 5, .payload = false}), Continuity::expected) << "as often as it likes";
  EXPECT_EQ(add({.counter = 6}), Continuity::expected);
  EXPECT_EQ(add({.counter = 7, .payload = false}), Continuity::error) << "counted on without payload";
}

TEST_F(ContinuityTest, AnAnnouncedDiscontinuityIsNoError) {
  add({.counter = 5});
  EXPECT_EQ(add({.counter = 12, .discontinuity = true}), Continuity::announced);
  EXPECT_EQ(add({.counter = 13}), Continuity::expected);
  EXPECT_EQ(tracker.errors(), 0U);
}

TEST_F(ContinuityTest, NullAndDamagedPacketsDoNotCount) {
  add({.pid = kNullPid, .counter = 0});
  EXPECT_EQ(add({.pid = kNullPid, .counter = 7}), Continuity::ignored);
  add({.counter = 5});
  test::Raw damaged = test::make_packet({.counter = 11});
  damaged[1] |= 0x80;
  EXPECT_EQ(tracker.add(test::parse(damaged)), Continuity::ignored);
  EXPECT_EQ(add({.counter = 6}), Continuity::expected);
}

}  // namespace
}  // namespace wireproof::mpegts
