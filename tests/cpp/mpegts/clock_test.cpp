#include <gtest/gtest.h>

#include "mpegts/pcr.hpp"
#include "mpegts/profile.hpp"
#include "mpegts/stream_clock.hpp"
#include "packets.hpp"

namespace wireproof::mpegts {
namespace {

Profile profile_of(const std::vector<std::uint8_t>& stream, std::size_t piece = 1000) {
  Profiler profiler;
  for (std::size_t at = 0; at < stream.size(); at += piece) {
    profiler.add(Bytes(stream).subspan(at, std::min(piece, stream.size() - at)));
  }
  return profiler.finish();
}

TEST(PcrClock, AddsUpAcrossManyWraps) {
  PcrClock clock;
  const std::uint64_t step = 50 * kPcrFrequency;
  std::uint64_t pcr = kPcrWrap - step / 2;
  EXPECT_FALSE(clock.add(pcr));
  const std::uint64_t steps = 3 * kPcrWrap / step;
  for (std::uint64_t i = 0; i < steps; ++i) {
    pcr = (pcr + step) % kPcrWrap;
    ASSERT_EQ(clock.add(pcr), step);
  }
  EXPECT_EQ(clock.elapsed(), steps * step);
  EXPECT_GT(clock.elapsed(), 2 * kPcrWrap);
  EXPECT_EQ(clock.discontinuities(), 0U);
}

TEST(PcrClock, StepsBackAndLeapsStartANewTimeBase) {
  PcrClock clock;
  clock.add(kPcrFrequency * 100);
  EXPECT_FALSE(clock.add(kPcrFrequency * 99)) << "backwards";
  EXPECT_FALSE(clock.add(kPcrFrequency * 160)) << "61 s";
  EXPECT_FALSE(clock.add(kPcrFrequency * 161, true)) << "announced";
  EXPECT_EQ(clock.add(kPcrFrequency * 162), kPcrFrequency);
  EXPECT_EQ(clock.elapsed(), kPcrFrequency);
  EXPECT_EQ(clock.discontinuities(), 3U);
}

TEST(PcrPidSelector, StaysWithTheFirstProgramUntilItIsGone) {
  PcrPidSelector selector;
  const Packet mine = test::parse(test::make_packet({.pid = 1, .pcr = 0}));
  const Packet other = test::parse(test::make_packet({.pid = 2, .pcr = 0}));
  EXPECT_TRUE(selector.follows(mine));
  for (int i = 0; i < 100; ++i) {
    EXPECT_FALSE(selector.follows(other));
    EXPECT_TRUE(selector.follows(mine));
  }
  for (unsigned i = 0; i < PcrPidSelector::kPatience; ++i) EXPECT_FALSE(selector.follows(other));
  EXPECT_TRUE(selector.follows(other));
  EXPECT_EQ(selector.pid(), 2);
}

TEST(Profile, TellsRateAndDurationOfAConstantRateFile) {
  const auto stream = test::make_stream(4001, 638000, kPcrWrap - 5000);
  const Profile profile = profile_of(stream);
  ASSERT_TRUE(profile.has_clock());
  EXPECT_EQ(profile.packets, 4001U);
  EXPECT_EQ(profile.null_packets, 400U);
  EXPECT_EQ(profile.continuity_errors, 0U);
  EXPECT_EQ(profile.pcr_discontinuities, 0U) << "a wrap is none";
  EXPECT_NEAR(profile.mean_rate(), 638000, 0.1);
  EXPECT_TRUE(profile.is_constant_rate());
  EXPECT_NEAR(profile.pcr_span(), 4000 * 188 * 8 / 638000.0, 1e-6);
  EXPECT_NEAR(profile.duration(), static_cast<double>(stream.size()) * 8 / 638000, 1e-6);
}

TEST(Profile, DoesNotDependOnThePiecesItIsReadIn) {
  const auto stream = test::make_stream(300, 1e6);
  for (const std::size_t piece : {1U, 187U, 188U, 189U, 100000U}) {
    const Profile profile = profile_of(stream, piece);
    EXPECT_EQ(profile.packets, 300U);
    EXPECT_NEAR(profile.mean_rate(), 1e6, 1);
  }
}

TEST(Profile, GoesOnAtTheSameRateAfterANewTimeBase) {
  auto stream = test::make_stream(1000, 638000, kPcrFrequency * 5000);
  const auto again = test::make_stream(1000, 638000, 17);
  stream.insert(stream.end(), again.begin(), again.end());
  const Profile profile = profile_of(stream);
  EXPECT_EQ(profile.pcr_discontinuities, 1U);
  EXPECT_TRUE(profile.is_constant_rate()) << profile.max_deviation();
  EXPECT_NEAR(profile.duration(), 2000 * 188 * 8 / 638000.0, 1e-3);
}

TEST(Profile, KnowsAVaryingRate) {
  auto stream = test::make_stream(1000, 400000);
  const std::uint64_t end = 1000 * 188 * 8 * (kPcrFrequency / 1000) / 400;
  auto faster = test::make_stream(1000, 1200000, end);
  stream.insert(stream.end(), faster.begin(), faster.end());
  const Profile profile = profile_of(stream);
  EXPECT_FALSE(profile.is_constant_rate());
  EXPECT_NEAR(profile.mean_rate(), 600000, 1000);
}

TEST(Profile, RefusesWhatIsNoTransportStream) {
  EXPECT_THROW(profile_of({}), NotTransportStream);
  EXPECT_THROW(profile_of(std::vector<std::uint8_t>(100, kSyncByte)), NotTransportStream);
  EXPECT_THROW(profile_of(std::vector<std::uint8_t>(1000, 'a')), NotTransportStream);
  for (const std::size_t size : {192U, 204U}) {
    // A time stamp before each packet, a check sum behind it.
    auto wider = test::make_stream(10, 1e6);
    for (std::size_t i = 0; i < 10; ++i) {
      const std::size_t at = i * size + (size == 192 ? 0 : kPacketSize);
      wider.insert(wider.begin() + static_cast<std::ptrdiff_t>(at), size - kPacketSize, 0);
    }
    EXPECT_THROW(profile_of(wider), NotTransportStream) << size << "-byte packets";
  }
}

TEST(Profile, FindsPacketsAgainBehindBytesThatAreNone) {
  auto stream = test::make_stream(1000, 638000);
  std::vector<std::uint8_t> foreign(77, 0xAA);
  foreign[30] = kSyncByte;  // which alone is not the step
  stream.insert(stream.begin() + 500 * 188, foreign.begin(), foreign.end());
  for (const std::size_t piece : {1U, 188U, 1000U, 1'000'000U}) {
    const Profile profile = profile_of(stream, piece);
    EXPECT_EQ(profile.packets, 1000U);
    EXPECT_EQ(profile.malformed_packets, 0U);
    EXPECT_EQ(profile.skipped_bytes, 77U);
    EXPECT_EQ(profile.trailing_bytes, 0U);
    EXPECT_EQ(profile.continuity_errors, 0U);
    ASSERT_EQ(profile.points.size(), profile_of(test::make_stream(1000, 638000)).points.size());
    EXPECT_EQ(profile.points.back().offset, 996 * 188 + 77U) << "where the packet lies in the file";
  }
}

TEST(Profile, WhatHoldsNoMorePacketsIsSkippedToItsEnd) {
  auto stream = test::make_stream(10, 638000);
  stream.resize(stream.size() + 5000, 0x11);
  const Profile profile = profile_of(stream);
  EXPECT_EQ(profile.packets, 10U);
  EXPECT_EQ(profile.skipped_bytes + profile.trailing_bytes, 5000U);
}

TEST(Profile, CountsDamageFurtherOn) {
  auto stream = test::make_stream(100, 638000);
  stream[50 * 188] = 0;
  stream.resize(stream.size() - 40);
  const Profile profile = profile_of(stream);
  EXPECT_EQ(profile.packets, 99U);
  EXPECT_EQ(profile.malformed_packets, 1U);
  EXPECT_EQ(profile.trailing_bytes, 148U);
  EXPECT_EQ(profile.continuity_errors, 1U);
}

TEST(Profile, HasNoClockWithoutTwoPcrs) {
  std::vector<std::uint8_t> stream;
  for (unsigned i = 0; i < 20; ++i) {
    const auto raw = test::make_packet({.counter = i});
    stream.insert(stream.end(), raw.begin(), raw.end());
  }
  EXPECT_FALSE(profile_of(stream).has_clock());
  EXPECT_EQ(profile_of(stream).why_no_clock(), "has no clock references (PCR)");
}

TEST(Profile, TellsOfAClockThatStandsStill) {
  std::vector<std::uint8_t> still, back;
  for (unsigned i = 0; i < 20; ++i) {
    for (auto* const stream : {&still, &back}) {
      const auto raw = test::make_packet({.counter = i, .pcr = kPcrFrequency * (stream == &still ? 7 : 20 - i)});
      stream->insert(stream->end(), raw.begin(), raw.end());
    }
  }
  EXPECT_FALSE(profile_of(still).has_clock());
  EXPECT_EQ(profile_of(still).why_no_clock(), "has 20 clock references (PCR), which all tell the same time");
  EXPECT_FALSE(profile_of(back).has_clock());
  EXPECT_EQ(profile_of(back).why_no_clock(), "has 20 clock references (PCR), and no time passes from one to the next");
}

class StreamClockTest : public testing::Test {
 protected:
  /// Feeds packets [from, to) of the stream, takes after every seventh; adds up seconds and holes.
  void feed(std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i) {
      const Packet packet = parse_packet(Bytes(stream).subspan(i * kPacketSize, kPacketSize)).packet;
      clock.add(packet, continuity.add(packet));
      if (i % 7 != 6) continue;
      if (const auto span = clock.take()) {
        ASSERT_GE(span->seconds, 0);
        seconds += span->seconds;
        holes += span->hole_before;
      }
    }
  }

  static double length(std::size_t packets) { return static_cast<double>(packets) * 188 * 8 / 638000; }

  const std::vector<std::uint8_t> stream = test::make_stream(7000, 638000);
  StreamClock clock;
  ContinuityTracker continuity;
  double seconds = 0;
  double holes = 0;
};

TEST_F(StreamClockTest, GivesEveryPacketItsTime) {
  feed(0, 7000);
  EXPECT_NEAR(seconds, length(7000), 1e-6);
  EXPECT_EQ(holes, 0);
}

TEST_F(StreamClockTest, KnowsNothingBeforeTheSecondPcr) {
  feed(0, 4);
  EXPECT_FALSE(clock.take());
  feed(4, 5);
  const auto span = clock.take();
  ASSERT_TRUE(span);
  EXPECT_NEAR(span->seconds, length(5), 1e-6) << "the packets before count too";
}

TEST_F(StreamClockTest, ALossLeavesAHoleOfItsLength) {
  feed(0, 700);
  feed(1400, 7000);
  EXPECT_NEAR(seconds, length(6300), 0.02);
  EXPECT_NEAR(holes, length(700), 0.02);
  EXPECT_NEAR(seconds + holes, length(7000), 1e-6) << "together they are what the PCRs say";
}

TEST_F(StreamClockTest, ANewTimeBaseIsNoHole) {
  feed(0, 7000);
  continuity = ContinuityTracker();
  feed(0, 7000);
  EXPECT_EQ(clock.discontinuities(), 1U);
  EXPECT_EQ(holes, 0);
  EXPECT_NEAR(seconds, length(14000), 0.02);
}

}  // namespace
}  // namespace wireproof::mpegts
