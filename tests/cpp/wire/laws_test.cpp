// Laws that hold of every link, on seeded random links and traffic, and proof that breaches are found.

#include "laws.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "../base/seeds.hpp"
#include "queue_bench.hpp"

namespace wireproof::wire {
namespace {

using namespace testing;

/// A random link and traffic for it.
struct Trial {
  explicit Trial(std::uint64_t seed) : random(seed) {
    rate = std::round(std::pow(10, 5 + 4 * share()));
    burst = 1 + random() % 5000;
    delay = std::chrono::microseconds(random() % 50'000);
    packets = 1 + random() % 40;
    const double load = 0.4 + 2 * share();
    for (const Side side : kSides) {
      nanoseconds at{0};
      for (int i = 0; i < 250; ++i) {
        const std::size_t length = 60 + random() % 1455;
        if (random() % 3 != 0)
          at +=
              nanoseconds(std::llround(1.5 * -std::log(1 - share()) * static_cast<double>(length) * 8e9 / rate / load));
        arrivals.push_back({at, length, static_cast<std::uint16_t>(5000 + random() % 5), side});
      }
    }
    std::stable_sort(arrivals.begin(), arrivals.end(),
                     [](const Arrival& left, const Arrival& right) { return left.time < right.time; });
  }

  double share() { return std::uniform_real_distribution<>()(random); }

  /// Directions with this rate, burst, queue and delay, and `more` keys, as a configuration with that schedule.
  std::string json(const std::string& more = "", const std::string& schedule = "") const {
    return fmt::format(
        R"({{"seed": 11, "both": {{"rate": {}, "burst": {}, "queue": {{"packets": {}}}, "delay": "{}us"{}}}, )"
        R"("schedule": [{}]}})",
        rate, burst, packets, std::chrono::duration_cast<std::chrono::microseconds>(delay).count(), more, schedule);
  }

  std::mt19937_64 random;
  double rate = 0;
  std::size_t burst = 0;
  nanoseconds delay{0};
  std::size_t packets = 0;
  std::vector<Arrival> arrivals;  ///< of both directions, by time
};

constexpr std::uint64_t kSeeds = wireproof::testing::seeds(200);
const char* const kDisciplines[] = {"drop-tail", "drop-head", "red", "codel"};

TEST(Laws, HoldOfRateDelayAndQueueUnderEveryDiscipline) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const Trial trial(seed);
    for (const std::string discipline : kDisciplines) {
      VirtualLink link(trial.json(fmt::format(R"(, "discipline": "{}", "loss": "3%")", discipline)));
      link.run(trial.arrivals);
      for (const Side side : kSides) {
        const Transcript& seen = link.transcript(side);
        const auto where = [&] { return fmt::format("seed {}, {}, {}", seed, discipline, name_of(side)); };
        ASSERT_EQ(seen.in.size(), 250U);
        ASSERT_EQ(never_early(seen, trial.delay), "") << where();
        ASSERT_EQ(in_order(seen), "") << where();
        ASSERT_EQ(rate_held(seen, trial.rate, trial.burst), "") << where();
        ASSERT_EQ(conserved(seen), "") << where();
        // CoDel drops when a packet is to go; what takes its place may be longer, and wait for that outside the queue.
        ASSERT_EQ(bounded(seen, trial.packets + (discipline == "codel" ? 1 : 0), 1 << 30), "") << where();
        ASSERT_EQ(seen.left_inside, 0U) << where();
      }
    }
  }
}

TEST(Laws, ConservationHoldsAtAnyMomentWithEverythingOn) {
  Counters sums;  // of all seeds: what is on must also happen
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Trial trial(seed);
    const auto everything = [&](const std::string& corrupt) {
      return trial.json(
          fmt::format(R"(, "jitter": "{}us", "keep_order": false, "reorder": "5%", "loss": "5%", "duplicate": "5%", )"
                      R"("corrupt": "{}", "discipline": "{}")",
                      trial.delay.count() / 2000, corrupt, kDisciplines[seed % 4]));
    };
    const nanoseconds end = trial.arrivals[trial.random() % trial.arrivals.size()].time;
    std::erase_if(trial.arrivals, [&](const Arrival& arrival) { return arrival.time > end; });
    VirtualLink link(everything("0%"));
    link.run(trial.arrivals, end);
    // A packet that is corrupted may not be known by its number any more, but it is one all the same.
    VirtualLink corrupting(everything("20%"));
    corrupting.run(trial.arrivals, end);
    for (const Side side : kSides) {
      const Transcript& seen = link.transcript(side);
      const Transcript& corrupted = corrupting.transcript(side);
      ASSERT_EQ(conserved(seen), "") << "seed " << seed;
      ASSERT_EQ(corrupted.out.size(), seen.out.size()) << "seed " << seed;
      ASSERT_EQ(corrupted.dropped.size(), seen.dropped.size()) << "seed " << seed;
      ASSERT_EQ(corrupted.left_inside, seen.left_inside) << "seed " << seed;
      const Counters& counters = corrupting.counters(side);
      sums.duplicated += counters.duplicated;
      sums.corrupted += counters.corrupted;
      sums.reordered += counters.reordered;
      for (std::size_t i = 0; i < kCauseNames.size(); ++i) sums.dropped[i] += counters.dropped[i];
    }
  }
  for (const std::uint64_t count : {sums.duplicated, sums.corrupted, sums.reordered, sums.of(Cause::loss),
                                    sums.of(Cause::queue), sums.of(Cause::red), sums.of(Cause::codel)}) {
    EXPECT_GT(count, kSeeds / 10);
  }
}

TEST(Laws, JitterIsNeverEarlyAndKeepsOrder) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const Trial trial(seed);
    for (const char* distribution : {"uniform", "normal"}) {
      VirtualLink link(
          fmt::format(R"({{"both": {{"delay": "20ms", "jitter": "7ms", "distribution": "{}", "correlation": "30%"}}}})",
                      distribution));
      link.run(trial.arrivals);
      for (const Side side : kSides) {
        const Transcript& seen = link.transcript(side);
        ASSERT_EQ(never_early(seen, distribution[0] == 'u' ? 13ms : 0ms), "") << "seed " << seed;
        ASSERT_EQ(in_order(seen), "") << "seed " << seed;
        ASSERT_EQ(conserved(seen), "") << "seed " << seed;
      }
    }
  }
}

/// As `wire` does: what waits for it comes in one direction after the other.
TEST(Laws, ALateCallerChangesNothingButWhenPacketsAreHandedOut) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Trial trial(seed);
    const double middle = std::chrono::duration<double>(trial.arrivals[trial.arrivals.size() / 2].time).count();
    const std::string json =
        trial.json(fmt::format(R"(, "discipline": "{}", "loss": "2%", "duplicate": "2%", "jitter": "{}us")",
                               kDisciplines[seed % 4], trial.delay.count() / 2000),
                   fmt::format(R"({{"at": {0}, "until": {1}, "down": true}}, {{"at": {1}, "loss": "10%"}})", middle,
                               1.1 * middle));
    VirtualLink punctual_caller(json);
    VirtualLink late_caller(json);
    punctual_caller.run(trial.arrivals);
    for (std::size_t next = 0; next < trial.arrivals.size();) {
      const std::size_t stop = std::min<std::size_t>(trial.arrivals.size(), next + 1 + trial.random() % 30);
      for (const Side side : kSides) {
        for (std::size_t i = next; i < stop; ++i) {
          if (trial.arrivals[i].side == side) late_caller.arrive(trial.arrivals[i]);
        }
      }
      next = stop;
      const nanoseconds time = trial.arrivals[next - 1].time;
      late_caller.advance(
          next < trial.arrivals.size() ? std::midpoint(time.count(), trial.arrivals[next].time.count()) * 1ns : time);
    }
    late_caller.advance(trial.arrivals.back().time + 1000s);
    for (const Side side : kSides) {
      ASSERT_EQ(late_caller.transcript(side).out, punctual_caller.transcript(side).out) << "seed " << seed;
      ASSERT_EQ(late_caller.transcript(side).dropped, punctual_caller.transcript(side).dropped) << "seed " << seed;
    }
  }
}

TEST(Laws, EveryByteBoundIsKept) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Trial trial(seed);
    const std::size_t bytes = 2000 + trial.random() % 20'000;
    VirtualLink link(fmt::format(R"({{"both": {{"rate": {}, "queue": {{"bytes": {}}}, "discipline": "{}"}}}})",
                                 trial.rate, bytes, kDisciplines[seed % 2]));
    link.run(trial.arrivals);
    for (const Side side : kSides) {
      ASSERT_EQ(bounded(link.transcript(side), 1 << 30, bytes), "") << "seed " << seed;
      ASSERT_EQ(conserved(link.transcript(side)), "") << "seed " << seed;
    }
  }
}

// Wrong links: each must be found by the law it breaks, on every seed.

TEST(Mutants, AWireThatIsThreePercentTooFastBreaksTheRate) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Trial trial(seed);
    Trial fast(seed);
    fast.rate *= 1.03;
    VirtualLink link(fast.json());
    EXPECT_NE(rate_held(link.run(steady(600, 0ns)), trial.rate, trial.burst), "") << "seed " << seed;
  }
}

TEST(Mutants, AWireThatIsTwoMillisecondsLateIsNotPunctual) {
  VirtualLink link(R"({"both": {"delay": "12ms"}})");
  EXPECT_NE(punctual(link.run(steady(10, 1ms)), 10ms), "");
}

TEST(Mutants, AWireThatIsANanosecondEarlyIsEarly) {
  VirtualLink link(R"({"both": {"delay": 0.009999999}})");
  EXPECT_NE(never_early(link.run(steady(10, 1ms)), 10ms), "");
}

TEST(Mutants, AWireThatReordersOnceIsOutOfOrder) {
  VirtualLink link(R"({"both": {"delay": "10ms"}, "schedule": [{"at": 0.05, "until": 0.0505, "reorder": 1}]})");
  const Transcript& seen = link.run(steady(100, 1ms));
  EXPECT_EQ(link.counters().reordered, 1U);
  EXPECT_NE(in_order(seen), "");
}

TEST(Mutants, AWireThatForgetsItsQueueBoundIsUnbounded) {
  Trial trial(1);
  VirtualLink link(fmt::format(R"({{"both": {{"rate": {}}}}})", trial.rate));
  EXPECT_NE(bounded(link.run(steady(600, 0ns)), trial.packets, 1 << 30), "");
}

class Unbounded : public Queue {
 public:
  using Queue::Queue;
  void enqueue(Packet packet, nanoseconds) override { append(std::move(packet)); }
};

class Leaking : public Queue {
 public:
  using Queue::Queue;
  std::optional<Packet> dequeue(nanoseconds at) override {
    if (++taken_ == 50) Queue::dequeue(at);
    return Queue::dequeue(at);
  }

 private:
  int taken_ = 0;
};

class SwappingOnce : public Queue {
 public:
  using Queue::Queue;
  std::optional<Packet> dequeue(nanoseconds at) override {
    if (++taken_ == 50 && packets() > 1) held_ = Queue::dequeue(at);
    if (taken_ == 51 && held_) return std::exchange(held_, std::nullopt);
    return Queue::dequeue(at);
  }

 private:
  int taken_ = 0;
  std::optional<Packet> held_;
};

class ForgivingBucket : public TokenBucket {
 public:
  using TokenBucket::TokenBucket;
  void send(std::size_t length, nanoseconds since, nanoseconds at) override {
    if (++sent_ % 100 != 0) TokenBucket::send(length, since, at);
  }

 private:
  int sent_ = 0;
};

template <typename Kind>
Transcript through(Bottleneck& line) {
  QueueBench bench([](QueueObserver& observer) { return std::make_unique<Kind>(Capacity{20}, 1ms, observer); }, line);
  return bench.run(steady(600, 600us));
}

TEST(Mutants, WrongQueuesAndBucketsAreFound) {
  constexpr double kRate = 12'112'000;
  const auto breaches = [&](const Transcript& seen) {
    return std::array{in_order(seen), conserved(seen), bounded(seen, 20, 1 << 30), rate_held(seen, kRate, 1514)};
  };
  TokenBucket good(kRate, 1514);
  for (const auto& breach : breaches(through<Queue>(good))) EXPECT_EQ(breach, "");
  TokenBucket second(kRate, 1514);
  EXPECT_NE(breaches(through<Unbounded>(second))[2], "");
  TokenBucket third(kRate, 1514);
  EXPECT_NE(breaches(through<Leaking>(third))[1], "");
  TokenBucket fourth(kRate, 1514);
  EXPECT_NE(breaches(through<SwappingOnce>(fourth))[0], "");
  ForgivingBucket forgiving(kRate, 1514);
  EXPECT_NE(breaches(through<Queue>(forgiving))[3], "");
}

}  // namespace
}  // namespace wireproof::wire
