// What the threads of wire share, and what they must not.

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <thread>

#include "base/histogram.hpp"
#include "transcript.hpp"
#include "wire/flight.hpp"
#include "wire/turn.hpp"

namespace wireproof::wire::testing {
namespace {

constexpr std::string_view kEverything = R"({"seed": 3, "both": {"loss": "5%", "delay": "2ms", "jitter": "1ms",
  "duplicate": "3%", "corrupt": "2%", "reorder": "4%", "keep_order": false},
  "schedule": [{"at": 0.002, "until": 0.006, "loss": "20%"}, {"at": 0.003, "rate": "900mbit", "queue": {"packets": 20}}]})";

/// All that a side does with its arrivals; touches nothing else of the link.
std::vector<Passage> drive(Link& link, Side side) {
  std::vector<Passage> out;
  const auto take_until = [&](nanoseconds now) {
    while (auto packet = link.leave(side, now)) {
      out.push_back({number_in(packet->bytes), packet->due, packet->length()});
      link.direction(side).sent(std::move(*packet));
    }
  };
  for (std::uint64_t number = 0; number < 2000; ++number) {
    const nanoseconds at = number * 5us;
    take_until(at);
    const Frame frame = numbered(number, 60 + number % 900, static_cast<std::uint16_t>(5000 + number % 3));
    link.arrive(side, frame, frame.size(), at);
  }
  while (link.next(side) != kNever) take_until(link.next(side));
  return out;
}

TEST(Link, DoesTheSameInTwoThreadsAsInOne) {
  Link together(configuration_from(kEverything), 0ns, {});
  std::array<std::vector<Passage>, 2> expected;
  for (const Side side : kSides) expected[static_cast<std::size_t>(side)] = drive(together, side);
  Link apart(configuration_from(kEverything), 0ns, {});
  std::array<std::vector<Passage>, 2> seen;
  std::thread forward([&] { seen[0] = drive(apart, Side::forward); });
  std::thread backward([&] { seen[1] = drive(apart, Side::backward); });
  forward.join();
  backward.join();
  EXPECT_EQ(seen, expected);
  EXPECT_NE(seen[0], seen[1]);
  EXPECT_GT(seen[0].size(), 1000U);
}

TEST(Turn, LetsInWhoAsksWhileItsHolderIsBusyAndTheHolderInBetween) {
  constexpr std::uint64_t kTimes = 2000;
  Turn turn;
  std::uint64_t left = 0;  // only together
  std::uint64_t right = 0;
  std::uint64_t steps = 0;
  std::atomic<bool> over = false;
  std::thread holder([&] {
    Turn::Lock lock = turn.take();
    while (!over) {
      turn.pass_on(lock);
      ++left;
      ++steps;
      ++right;
      lock.unlock();
      lock.lock();
    }
  });
  std::uint64_t interruptions = 0;
  for (std::uint64_t seen = 0; interruptions < kTimes || seen < kTimes;) {
    const Turn::Lock lock = turn.interrupt();
    ++left;
    ++right;
    ++interruptions;
    seen = steps;
    EXPECT_EQ(left, right);
  }
  over = true;
  holder.join();
  EXPECT_EQ(left, interruptions + steps);
}

TEST(Flight, HandsOutByTimeAndThenByOrderHoweverTheyWereAdded) {
  std::mt19937 random(7);
  for (int trial = 0; trial < 20; ++trial) {
    Flight flight;
    std::vector<Packet> inside;
    std::uint64_t added = 0;
    std::uint64_t early = 0;  // behind a later one: what a queue alone gets wrong
    while (added < 300 || !inside.empty()) {
      if (added < 300 && random() % 5 < 3) {
        Packet packet;
        packet.index = added++;
        packet.due = nanoseconds(random() % 4 == 0 ? random() % 100 : added);
        packet.bytes.resize(random() % 50);
        early += !inside.empty() && packet.due < inside.back().due ? 1 : 0;
        inside.push_back(packet);
        flight.add(packet);
      } else if (!inside.empty()) {
        const auto first = std::min_element(inside.begin(), inside.end(), [](const Packet& a, const Packet& b) {
          return std::tie(a.due, a.index) < std::tie(b.due, b.index);
        });
        ASSERT_EQ(flight.next(), first->due);
        const Packet packet = flight.take();
        ASSERT_EQ(packet.index, first->index);
        inside.erase(first);
      }
      ASSERT_EQ(flight.packets(), inside.size());
      std::size_t bytes = 0;
      for (const Packet& packet : inside) bytes += packet.length();
      ASSERT_EQ(flight.bytes(), bytes);
      ASSERT_EQ(flight.empty(), inside.empty());
    }
    EXPECT_GT(early, 10U);
    EXPECT_EQ(flight.next(), kNever);
  }
}

TEST(Histogram, OfTwoTogetherIsThatOfAll) {
  Histogram one;
  Histogram other;
  Histogram all;
  std::mt19937 random(2);
  for (int i = 0; i < 5000; ++i) {
    const auto duration = nanoseconds(random() % 1'000'000);
    (i % 3 == 0 ? one : other).add(duration);
    all.add(duration);
  }
  one.add(other);
  EXPECT_EQ(one.count(), all.count());
  EXPECT_EQ(one.max(), all.max());
  for (const double share : {0.0, 0.01, 0.5, 0.9, 0.99, 1.0}) EXPECT_EQ(one.percentile(share), all.percentile(share));
}

}  // namespace
}  // namespace wireproof::wire::testing
