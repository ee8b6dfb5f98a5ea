#include "tv/player.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <random>

#include "../mpegts/packets.hpp"
#include "tv/rate_windows.hpp"
#include "tv/stream_monitor.hpp"

namespace wireproof::tv {
namespace {

constexpr double kRate = 638000;
constexpr std::size_t kChunk = 1316;
constexpr double kChunkSeconds = kChunk * 8 / kRate;
constexpr std::size_t kClipChunks = 3637;
constexpr double kClipSeconds = kClipChunks * kChunkSeconds;

/// The clip arrives at `speed` times its own rate; looks in every 10 ms as a program would.
Player play(double speed, Player::Settings settings = {}) {
  Player player(settings);
  double next_look = 0;
  for (std::size_t i = 0; i < kClipChunks; ++i) {
    const double now = 1000 + static_cast<double>(i) * kChunkSeconds / speed;
    for (; 1000 + next_look < now; next_look += 0.01) player.advance(1000 + next_look);
    player.arrive(now, kChunk, kChunkSeconds);
  }
  for (int i = 0; i < 200; ++i) player.advance(1000 + kClipSeconds / speed + i * 0.01);
  player.finish();
  return player;
}

TEST(Player, AtItsOwnSpeedTheClipPlaysThrough) {
  const Player player = play(1);
  const Player::Report& report = player.report();
  EXPECT_EQ(report.stalls, 0U);
  EXPECT_EQ(report.lost_bytes, 0U);
  EXPECT_EQ(report.late_chunks, 0U);
  EXPECT_NEAR(report.startup_seconds, 1.0, 2 * kChunkSeconds);
  EXPECT_NEAR(report.played_seconds, kClipSeconds, 1e-6);
  EXPECT_NEAR(report.peak_seconds, 1.0, 2 * kChunkSeconds);
  EXPECT_EQ(player.state(), Player::State::ended);
}

TEST(Player, AtHalfSpeedItStopsAndGoesForTheClipsLengthAgain) {
  const Player::Report report = play(0.5).report();
  EXPECT_NEAR(report.played_seconds, kClipSeconds, 1e-6) << "everything is played in the end";
  EXPECT_EQ(report.lost_bytes, 0U);
  EXPECT_NEAR(report.stall_seconds + report.startup_seconds, kClipSeconds, 2.1) << "up to one cycle of play and stall";
  EXPECT_NEAR(static_cast<double>(report.stalls), kClipSeconds / 2, 1.5) << "2 s of playing, 2 s of waiting";
  EXPECT_NEAR(report.late_seconds, kClipSeconds / 2, 1.5);
}

TEST(Player, AtDoubleSpeedWhatDoesNotFitIsLost) {
  const Player::Settings settings{.buffer_delay = 1, .buffer_bytes = 512 * 1024};
  const Player::Report report = play(2, settings).report();
  EXPECT_EQ(report.stalls, 0U);
  // In the 30 s of arrival 30 s can be shown, but for the start-up, and one buffer is left in the end.
  const double kept =
      kClipSeconds / 2 - report.startup_seconds + static_cast<double>(settings.buffer_bytes) * 8 / kRate;
  EXPECT_NEAR(report.played_seconds, kept, 0.1);
  EXPECT_NEAR(report.played_seconds + report.lost_seconds, kClipSeconds, 1e-6);
  EXPECT_NEAR(report.lost_share(), 0.4, 0.01);
  EXPECT_EQ(report.lost_bytes, report.lost_chunks * kChunk);
  EXPECT_LE(report.peak_bytes, settings.buffer_bytes);
}

TEST(Player, AllAtOnceLeavesOneBufferful) {
  const Player::Report report = play(1e6).report();
  EXPECT_NEAR(report.played_seconds, 512 * 1024 * 8 / kRate, kChunkSeconds + 1e-3);
  EXPECT_NEAR(report.lost_share(), 0.89, 0.01);
}

TEST(Player, ALargeBufferLosesNothing) {
  const Player::Report report = play(2, {.buffer_bytes = 8 << 20}).report();
  EXPECT_EQ(report.lost_bytes, 0U);
  EXPECT_NEAR(report.peak_seconds, kClipSeconds / 2 + report.startup_seconds, 0.1);
}

TEST(Player, StartsWhenFullThoughTheDelayIsNotReached) {
  const Player::Report report = play(1, {.buffer_delay = 30, .buffer_bytes = 64 * 1024}).report();
  EXPECT_NEAR(report.startup_seconds, 64 * 1024 * 8 / kRate, 2 * kChunkSeconds);
  EXPECT_LE(report.lost_chunks, 1U) << "only what came when it was full";
}

TEST(Player, APauseOfTheSenderIsOneStall) {
  Player player({});
  for (int i = 0; i < 4; ++i) player.arrive(10 + i * 0.5, 1000, 0.5);
  EXPECT_EQ(player.state(), Player::State::playing);  // since 10.5, 2 s in all
  player.advance(12.4);
  EXPECT_EQ(player.state(), Player::State::playing);
  EXPECT_NEAR(player.level_seconds(), 0.1, 1e-9);
  player.arrive(15, 1000, 0.5);  // was due at 12.5
  EXPECT_EQ(player.state(), Player::State::stalled);
  EXPECT_EQ(player.report().late_chunks, 1U);
  player.arrive(15.1, 1000, 0.5);
  EXPECT_EQ(player.state(), Player::State::playing);
  EXPECT_EQ(player.report().stalls, 1U);
  EXPECT_NEAR(player.report().stall_seconds, 2.6, 1e-9);
}

TEST(Player, TheEndOfTheStreamIsNoStall) {
  Player player({});
  player.arrive(0, 1000, 2);
  player.advance(60);
  EXPECT_EQ(player.state(), Player::State::stalled);
  player.finish();
  EXPECT_EQ(player.report().stalls, 0U);
  EXPECT_EQ(player.report().stall_seconds, 0);
  EXPECT_NEAR(player.report().played_seconds, 2, 1e-9);
}

TEST(Player, AStallTheStreamEndsInLastsUntilItsLastByte) {
  Player player({});
  player.arrive(0, 1000, 1);
  player.arrive(5, 1000, 0.5);  // stalled since 1, and 0.5 s is too little to start again
  player.advance(20);
  player.finish();
  EXPECT_EQ(player.report().stalls, 1U);
  EXPECT_NEAR(player.report().stall_seconds, 4, 1e-9);
  EXPECT_NEAR(player.report().played_seconds, 1.5, 1e-9) << "the rest is shown all the same";
}

TEST(Player, AHoleIsWaitedThroughWithAFrozenPicture) {
  Player player({});
  player.arrive(0, 1000, 1);
  player.arrive(0.5, 1000, 1, 3);
  player.advance(2.5);
  EXPECT_EQ(player.state(), Player::State::playing);
  EXPECT_NEAR(player.report().frozen_seconds, 1.5, 1e-9);
  player.advance(4.5);
  EXPECT_NEAR(player.report().played_seconds, 1.5, 1e-9);
  player.finish();
  EXPECT_NEAR(player.report().lost_seconds, 3, 1e-9);
  EXPECT_NEAR(player.report().lost_share(), 0.6, 1e-9);
}

TEST(Player, NothingEverComesIsNoStall) {
  Player player({});
  player.advance(100);
  player.finish();
  EXPECT_EQ(player.report().stalls, 0U);
  EXPECT_EQ(player.report().startup_seconds, 0);
}

TEST(Player, TimeIsConservedWhateverComes) {
  for (unsigned seed = 0; seed < 500; ++seed) {
    std::mt19937_64 random(seed);
    const auto uniform = [&] { return static_cast<double>(random() % 1000) / 1000; };
    Player player({.buffer_delay = uniform() * 2, .buffer_bytes = 2000 + random() % 50000});
    double now = 5;
    double content = 0;
    double holes = 0;
    for (int i = 0; i < 300; ++i) {
      now += random() % 20 == 0 ? uniform() * 5 : uniform() * 0.2;
      const double seconds = uniform() * 0.2;
      const double hole = random() % 10 == 0 ? uniform() : 0;
      player.arrive(now, random() % 2000, seconds, hole);
      if (random() % 3 == 0) player.advance(now + uniform() * 0.1);
      content += seconds;
      holes += hole;
      ASSERT_GE(player.level_seconds(), -1e-6) << "seed " << seed;
    }
    const double last = now;
    player.finish();
    const Player::Report& report = player.report();
    ASSERT_NEAR(report.played_seconds + report.lost_seconds, content + holes, 1e-6) << "seed " << seed;
    ASSERT_LE(report.stall_seconds + report.startup_seconds, last - 5 + 1e-6) << "seed " << seed;
    ASSERT_GE(report.stall_seconds, 0) << "seed " << seed;
  }
}

class StreamMonitorTest : public testing::Test {
 protected:
  /// The stream in datagrams of `size` at its own rate; those for which `lost` holds do not arrive.
  void receive(std::size_t size, const std::function<bool(std::size_t)>& lost = {}) {
    for (std::size_t at = 0, i = 0; at < stream.size(); at += size, ++i) {
      if (lost && lost(i)) continue;
      const mpegts::Bytes datagram = mpegts::Bytes(stream).subspan(at, std::min(size, stream.size() - at));
      monitor.datagram(static_cast<double>(at) * 8 / kRate, datagram);
    }
    monitor.finish();
  }

  const std::vector<std::uint8_t> stream = mpegts::test::make_stream(7000, kRate);
  const double seconds = static_cast<double>(stream.size()) * 8 / kRate;
  StreamMonitor monitor{Player::Settings{}};
};

TEST_F(StreamMonitorTest, FindsNothingWrongWithACleanStream) {
  receive(1316);
  EXPECT_EQ(monitor.counts().packets, 7000U);
  EXPECT_EQ(monitor.counts().null_packets, 700U);
  EXPECT_EQ(monitor.continuity().errors(), 0U);
  EXPECT_NEAR(monitor.player().report().played_seconds, seconds, 1e-6);
  EXPECT_EQ(monitor.player().report().stalls, 0U);
  EXPECT_LT(monitor.jitter().max, 1e-6);
  EXPECT_GT(monitor.jitter().samples, 1500U);
}

TEST_F(StreamMonitorTest, TakesTheSheetsDatagramsToo) {
  receive(7975);
  EXPECT_EQ(monitor.counts().packets, 7000U);
  EXPECT_EQ(monitor.continuity().errors(), 0U);
  EXPECT_EQ(monitor.player().report().stalls, 0U);
  EXPECT_NEAR(monitor.player().report().played_seconds, seconds, 1e-6);
}

TEST_F(StreamMonitorTest, LostDatagramsAreHolesAndContinuityErrors) {
  receive(1316, [](std::size_t i) { return i % 50 == 25; });
  EXPECT_EQ(monitor.continuity().errors(), 20U);
  EXPECT_GE(monitor.continuity().missing_at_least(), 120U) << "6 or 7 of each 7 are not null";
  const Player::Report& report = monitor.player().report();
  EXPECT_EQ(report.stalls, 0U) << "2 % of loss does not stop a player";
  EXPECT_NEAR(report.lost_share(), 0.02, 0.002);
  EXPECT_NEAR(report.played_seconds + report.lost_seconds, seconds, 0.02);
}

TEST_F(StreamMonitorTest, LateDatagramsAreJitter) {
  for (std::size_t i = 0; i < 1000; ++i) {
    const double late = i % 2 == 0 ? 0 : 0.002;
    monitor.datagram(static_cast<double>(i) * kChunkSeconds + late, mpegts::Bytes(stream).subspan(i * kChunk, kChunk));
  }
  EXPECT_NEAR(monitor.jitter().max, 0.002, 1e-6);
}

TEST_F(StreamMonitorTest, GarbageIsCountedAndChangesNothing) {
  std::mt19937_64 random(3);
  for (std::size_t i = 0; i < 1000; ++i) {
    const double now = static_cast<double>(i) * kChunkSeconds;
    monitor.datagram(now, mpegts::Bytes(stream).subspan(i * kChunk, kChunk));
    std::vector<std::uint8_t> garbage(random() % 1500);
    for (auto& byte : garbage) byte = static_cast<std::uint8_t>(random() % 0x47);
    EXPECT_FALSE(monitor.datagram(now, garbage));
  }
  monitor.finish();
  EXPECT_EQ(monitor.framer().foreign(), 1000U);
  EXPECT_EQ(monitor.counts().packets, 7000U);
  EXPECT_EQ(monitor.continuity().errors(), 0U);
  EXPECT_NEAR(monitor.player().report().played_seconds, seconds, 1e-6);
}

TEST(RateWindows, AConstantRateIsFlatAndNeedsNoBuffer) {
  mpegts::Profiler profiler;
  profiler.add(mpegts::test::make_stream(4001, 638000));
  const RateWindows windows = measure_rate_windows(profiler.finish());
  EXPECT_EQ(windows.rates.size(), 94U);  // 9.43 s
  EXPECT_NEAR(windows.min, 638000, 1);
  EXPECT_NEAR(windows.peak, 638000, 1);
  EXPECT_LT(windows.needed_buffer_bytes, 1);
}

TEST(RateWindows, ABurstNeedsABuffer) {
  // 4 s at 400 kbit/s, then as many bytes at 1,200 kbit/s: 600 kbit/s in the mean.
  auto stream = mpegts::test::make_stream(1000, 400000);
  const std::uint64_t end = 1000 * 188 * 8 * (mpegts::kPcrFrequency / 1000) / 400;
  const auto faster = mpegts::test::make_stream(1000, 1200000, end);
  stream.insert(stream.end(), faster.begin(), faster.end());
  mpegts::Profiler profiler;
  profiler.add(stream);
  const RateWindows windows = measure_rate_windows(profiler.finish());
  EXPECT_NEAR(windows.min, 400000, 100);
  EXPECT_NEAR(windows.peak, 1200000, 100);
  EXPECT_NEAR(windows.mean, 600000, 1500);
  // After 3.76 s the clip is 3.76 s · 200 kbit/s behind a channel of its mean rate.
  EXPECT_NEAR(windows.needed_buffer_bytes, 3.76 * 200000 / 8, 700);
  EXPECT_LT(windows.needed_delay_seconds, 0.001);
}

}  // namespace
}  // namespace wireproof::tv
