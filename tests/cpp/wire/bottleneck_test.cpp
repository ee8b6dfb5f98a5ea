#include "wire/bottleneck.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "laws.hpp"

namespace wireproof::wire {
namespace {

using namespace testing;

TEST(TokenBucket, LetsItsBurstGoAtOnceAndThenHoldsItsRate) {
  VirtualLink link(R"({"both": {"rate": 12112000, "burst": 4542}})");
  const Transcript& seen = link.run({{0ns, 1514}, {0ns, 1514}, {0ns, 1514}, {0ns, 1514}, {0ns, 1514}, {10ms, 1514}});
  EXPECT_EQ(seen.out,
            (std::vector<Passage>{
                {0, 0ns, 1514}, {1, 0ns, 1514}, {2, 0ns, 1514}, {3, 1ms, 1514}, {4, 2ms, 1514}, {5, 10ms, 1514}}));
}

TEST(TokenBucket, LetsAFrameGoThatIsLargerThanTheBurst) {
  VirtualLink link(R"({"both": {"rate": 12112000, "burst": 757}})");
  const Transcript& seen = link.run({{0ns, 1514}, {0ns, 1514}, {0ns, 757}, {0ns, 757}});
  EXPECT_EQ(seen.out, (std::vector<Passage>{{0, 0ns, 1514}, {1, 1ms, 1514}, {2, 2ms, 757}, {3, 2500us, 757}}));
}

TEST(TokenBucket, KeepsWhatIsOwedWhenItsRateChanges) {
  VirtualLink link(R"({"both": {"rate": 12112000}, "schedule": [{"at": 0.0005, "rate": 1211200}]})");
  const Transcript& seen = link.run({{0ns, 1514}, {0ns, 1514}, {0ns, 1514}});
  // Half a frame is owed at the change, which takes 5 ms at the new rate.
  EXPECT_EQ(seen.out, (std::vector<Passage>{{0, 0ns, 1514}, {1, 5500us, 1514}, {2, 15500us, 1514}}));
}

TEST(TokenBucket, IsExactToANanosecondAfterAMillionFrames) {
  for (const double rate : {1e5, 0.7e6, 3e6, 99.99e6, 500e6, 2.5e9}) {
    TokenBucket bucket(rate, kFullFrame);
    nanoseconds at{0};
    constexpr int kFrames = 1'000'000;
    for (int i = 0; i < kFrames; ++i) {
      const nanoseconds since = at;
      at = bucket.ready(kFullFrame, since);
      bucket.send(kFullFrame, since, at);
    }
    const double expected = (kFrames - 1) * 1514.0 * 8e9 / rate;
    EXPECT_NEAR(static_cast<double>(at.count()), expected, 1 + kFrames * 0.5e-3)
        << rate;  // costs are whole picoseconds
  }
}

/// An independent model: a bucket of bytes filled step by step, and a drop-tail queue as a list of departures.
Transcript model(const std::vector<Arrival>& arrivals, double rate, double burst, std::size_t bound) {
  Transcript seen;
  long double tokens = burst;
  long double filled_at = 0;
  std::vector<long double> departures;
  const long double per_nanosecond = rate / 8e9L;
  for (std::uint64_t number = 0; number < arrivals.size(); ++number) {
    const auto [time, length, port, side] = arrivals[number];
    const auto came = static_cast<long double>(time.count());
    const auto waiting = static_cast<std::size_t>(
        std::count_if(departures.begin(), departures.end(), [&](long double departure) { return departure > came; }));
    if (waiting >= std::max<std::size_t>(bound, 1)) {
      seen.dropped.push_back({number, time, Cause::queue, number});
      continue;
    }
    long double at = std::max(came, filled_at);
    tokens = std::min<long double>(burst, tokens + (at - filled_at) * per_nanosecond);
    const long double wanted = std::min<long double>(static_cast<long double>(length), burst);
    if (tokens < wanted) {
      at += (wanted - tokens) / per_nanosecond;
      tokens = wanted;
    }
    tokens -= static_cast<long double>(length);
    filled_at = at;
    departures.push_back(at);
    seen.out.push_back({number, nanoseconds(static_cast<std::int64_t>(std::ceil(at))), length});
  }
  return seen;
}

TEST(TokenBucket, AgreesWithAnIndependentModelOnAnyTraffic) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    std::mt19937_64 random(seed);
    const double rate = std::pow(10, 5 + 4 * std::uniform_real_distribution<>()(random));
    const std::size_t burst = 500 + random() % 6000;
    const std::size_t bound = 1 + random() % 30;
    const double load = 0.5 + 2 * std::uniform_real_distribution<>()(random);
    std::vector<Arrival> arrivals;
    nanoseconds at{0};
    for (int i = 0; i < 1000; ++i) {
      const std::size_t length = 60 + random() % 1455;
      const double mean = static_cast<double>(length) * 8e9 / rate / load;
      if (random() % 4 != 0) at += nanoseconds(std::llround(std::exponential_distribution<>(1 / mean)(random) * 4 / 3));
      arrivals.push_back({at, length});
    }
    VirtualLink link(
        fmt::format(R"({{"both": {{"rate": {}, "burst": {}, "queue": {{"packets": {}}}}}}})", rate, burst, bound));
    const Transcript& seen = link.run(arrivals);
    const Transcript expected = model(arrivals, rate, static_cast<double>(burst), bound);
    ASSERT_EQ(numbers_of(seen.out), numbers_of(expected.out)) << "seed " << seed;
    ASSERT_EQ(seen.dropped.size(), expected.dropped.size()) << "seed " << seed;
    for (std::size_t i = 0; i < seen.out.size(); ++i) {
      ASSERT_NEAR(static_cast<double>(seen.out[i].time.count()), static_cast<double>(expected.out[i].time.count()), 3)
          << "seed " << seed << ", departure " << i;
    }
  }
}

}  // namespace
}  // namespace wireproof::wire
