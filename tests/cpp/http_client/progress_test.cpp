#include "http_client/progress.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../base/seeds.hpp"
#include "random/random.hpp"

namespace wireproof::http_client {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(SizeText, HasOneDigitBehindThePoint) {
  EXPECT_EQ(size_text(0), "0 B");
  EXPECT_EQ(size_text(999), "999 B");
  EXPECT_EQ(size_text(1000), "1.0 kB");
  EXPECT_EQ(size_text(999'999), "1.0 MB") << "not 1000.0 kB";
  EXPECT_EQ(size_text(1'234'567'890), "1.2 GB");
  EXPECT_EQ(size_text(~std::uint64_t{0}), "18.4 EB");
}

TEST(DurationText, IsAsOnAClock) {
  EXPECT_EQ(duration_text(0s), "0:00");
  EXPECT_EQ(duration_text(6100ms), "0:07");
  EXPECT_EQ(duration_text(754s), "12:34");
  EXPECT_EQ(duration_text(2h), "2:00:00");
}

TEST(Progress, TellsRateAndTimeLeft) {
  Progress progress(Progress::Style::sentences, "a.bin", 0, 10'000'000, 0s);
  EXPECT_EQ(progress.at(500ms, 500'000), std::nullopt) << "once a second at most";
  EXPECT_EQ(progress.at(1s, 1'000'000), "a.bin: 1.0 MB of 10.0 MB, 10 %, 1.0 MB/s, 0:09 left");
  EXPECT_EQ(progress.at(1900ms, 1'900'000), std::nullopt);
  EXPECT_EQ(progress.at(2s, 3'000'000), "a.bin: 3.0 MB of 10.0 MB, 30 %, 1.5 MB/s, 0:05 left");
}

TEST(Progress, KnowsThatItMayNotKnowTheEnd) {
  Progress progress(Progress::Style::sentences, "a", 0, std::nullopt, 0s);
  EXPECT_EQ(progress.at(2s, 2000), "a: 2.0 kB, 1.0 kB/s");
}

TEST(Progress, CountsWhatWasThereBeforeAsNoSpeed) {
  Progress progress(Progress::Style::sentences, "a", 9'000'000, 10'000'000, 0s);
  EXPECT_EQ(progress.at(1s, 9'100'000), "a: 9.1 MB of 10.0 MB, 91 %, 100.0 kB/s, 0:09 left");
}

TEST(Progress, ForgetsWhatWasLongAgo) {
  Progress progress(Progress::Style::sentences, "a", 0, 1'000'000'000, 0s);
  for (int second = 1; second <= 10; ++second) progress.at(std::chrono::seconds(second), 10'000'000ULL * second);
  for (int second = 11; second <= 20; ++second) progress.at(std::chrono::seconds(second), 100'000'000);
  EXPECT_EQ(progress.rate(20s), 0);
  EXPECT_THAT(*progress.at(21s, 100'000'000), HasSubstr("stalled"));
}

TEST(Progress, DrawsABarAsWideAsTheTerminalAllows) {
  Progress progress(Progress::Style::line, "a.bin", 0, 1'000'000, 0s);
  EXPECT_EQ(progress.at(100ms, 500'000, 80),
            "a.bin [============             ] 500.0 kB of 1.0 MB, 50 %, 5.0 MB/s, 0:01 left");
  EXPECT_THAT(*progress.at(200ms, 500'000, 50), StartsWith("500.0 kB of"));
  EXPECT_EQ(progress.at(250ms, 500'000, 80), std::nullopt) << "ten times a second at most";
}

TEST(Progress, NeverFillsTheTerminalsLine) {
  for (std::uint64_t seed = 1; seed <= testing::seeds(5000); ++seed) {
    Random random(seed);
    const std::uint64_t total = random.bits() >> random.below(64);
    Progress progress(Progress::Style::line, std::string(random.below(60), 'n'), 0,
                      random.below(3) == 0 ? std::nullopt : std::optional(total), 0s);
    Time now{0};
    std::uint64_t bytes = 0;
    for (int i = 0; i < 20; ++i) {
      now += Time(static_cast<Time::rep>(random.bits() >> (30 + random.below(30))));
      bytes += random.bits() >> (10 + random.below(50));
      const std::size_t columns = random.below(200);
      if (const auto line = progress.at(now, bytes, columns)) {
        EXPECT_LT(line->size(), std::max<std::size_t>(columns, 20)) << "seed " << seed << ": " << *line;
      }
    }
  }
}

}  // namespace
}  // namespace wireproof::http_client
