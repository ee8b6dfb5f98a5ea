// The parts that nodes are made of: memory of messages, history, the walk.

#include <gmock/gmock.h>

#include <algorithm>

#include "hmtp/duplicate_memory.hpp"
#include "hmtp/history.hpp"
#include "hmtp/order.hpp"
#include "hmtp/walk.hpp"

namespace wireproof::hmtp {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::uint64_t kWindow = DuplicateMemory::kWindow;

TEST(DuplicateMemoryTest, TakesEachNumberOnceInAnyOrder) {
  DuplicateMemory memory;
  for (const std::uint64_t n : {5, 3, 4, 9, 1}) EXPECT_TRUE(memory.first_time({7, n})) << n;
  for (const std::uint64_t n : {5, 3, 4, 9, 1}) EXPECT_FALSE(memory.first_time({7, n})) << n;
  EXPECT_TRUE(memory.first_time({8, 5}));
}

TEST(DuplicateMemoryTest, WhatIsOlderThanTheWindowCountsAsSeen) {
  DuplicateMemory memory;
  EXPECT_TRUE(memory.first_time({7, 10'000}));
  EXPECT_FALSE(memory.first_time({7, 10'000 - kWindow}));
  EXPECT_TRUE(memory.first_time({7, 10'000 - kWindow + 1}));
}

TEST(DuplicateMemoryTest, NumbersThatWrapAroundTheWindowAreNotMistakenForOlderOnes) {
  DuplicateMemory memory;
  for (std::uint64_t n = 1; n <= 5 * kWindow; n += 3) {
    EXPECT_TRUE(memory.first_time({7, n})) << n;
    EXPECT_FALSE(memory.first_time({7, n})) << n;
  }
  for (std::uint64_t n = 4 * kWindow + 1; n <= 5 * kWindow; ++n) {
    EXPECT_EQ(memory.first_time({7, n}), n % 3 != 1) << n;
  }
}

TEST(DuplicateMemoryTest, TheGreatestNumberDoesNotOverflow) {
  DuplicateMemory memory;
  EXPECT_TRUE(memory.first_time({7, 1}));
  EXPECT_TRUE(memory.first_time({7, ~std::uint64_t{0}}));
  EXPECT_FALSE(memory.first_time({7, ~std::uint64_t{0}}));
  EXPECT_FALSE(memory.first_time({7, 2}));
}

TEST(DuplicateMemoryTest, TheOriginSilentForLongestMakesRoom) {
  DuplicateMemory memory;
  for (std::uint64_t origin = 1; origin <= 10'000; ++origin) {
    EXPECT_TRUE(memory.first_time({origin, 1}));
    EXPECT_FALSE(memory.first_time({1, 1}));  // always heard lately
    EXPECT_LE(memory.origins(), DuplicateMemory::kOrigins);
  }
}

TEST(DuplicateMemoryTest, TellsUpToWhereNothingIsMissing) {
  DuplicateMemory memory;
  const auto complete = [&] {
    std::vector<MessageId> list;
    memory.list_complete(10, list);
    return list;
  };
  memory.first_time({7, 2});
  EXPECT_THAT(complete(), IsEmpty());
  memory.first_time({7, 1});
  EXPECT_THAT(complete(), ElementsAre(MessageId{7, 2}));
  memory.first_time({7, 4});
  EXPECT_THAT(complete(), ElementsAre(MessageId{7, 2}));
  memory.first_time({9, 1});
  memory.first_time({7, 3});
  EXPECT_THAT(complete(), ElementsAre(MessageId{7, 4}, MessageId{9, 1}));
  memory.first_time({7, 1 + 2 * kWindow});
  EXPECT_THAT(complete(), ElementsAre(MessageId{7, 1 + kWindow}, MessageId{9, 1}));
}

TEST(HistoryTest, IsBoundedInMessagesAndBytes) {
  History history(3, 100);
  for (std::uint64_t n = 1; n <= 5; ++n) history.keep({7, n}, 0s, std::string(10, 'x'));
  ASSERT_EQ(history.entries().size(), 3U);
  EXPECT_EQ(history.entries().front().id.sequence, 3U);
  history.keep({7, 6}, 0s, std::string(90, 'x'));
  EXPECT_EQ(history.entries().size(), 2U);
  EXPECT_EQ(history.bytes(), 100U);
  history.keep({7, 7}, 0s, std::string(101, 'x'));
  EXPECT_EQ(history.entries().back().id.sequence, 6U);
}

Endpoint host(unsigned number) { return Endpoint::v4(0x0A000000 + number, 10000); }

TEST(WalkTest, AsksThoseNamedLastFirstAndNobodyTwice) {
  Random random(1);
  Walk walk;
  walk.start();
  const std::array first{host(1), host(2)};
  const std::array second{host(3), host(4), host(1), host(2)};
  walk.add(first);
  const auto asked = *walk.next(random);
  walk.add(second);
  std::vector<Endpoint> rest;
  while (const auto next = walk.next(random)) rest.push_back(*next);
  ASSERT_EQ(rest.size(), 3U);
  EXPECT_EQ(std::count(rest.begin(), rest.end(), asked), 0);
}

TEST(WalkTest, ChoosesEvenly) {
  Random random(1);
  std::array<int, 3> chosen{};
  for (int i = 0; i < 3000; ++i) {
    Walk walk;
    walk.start();
    const std::array candidates{host(0), host(1), host(2)};
    walk.add(candidates);
    ++chosen[walk.next(random)->address[15]];
  }
  for (const int count : chosen) EXPECT_NEAR(count, 1000, 120);
}

TEST(WalkTest, AForgedTreeWithoutEndIsLeft) {
  Random random(1);
  Walk walk;
  walk.start();
  const std::array root{host(1)};
  walk.add(root);
  std::size_t asked = 0;
  unsigned number = 2;
  while (walk.next(random)) {
    ++asked;
    std::vector<Endpoint> children;
    for (int i = 0; i < 64; ++i) children.push_back(host(number++));
    walk.add(children);
  }
  EXPECT_EQ(asked, Walk::kMostAsked);
}

TEST(OrderTest, ANewerEpochComesFirstAndThenTheLesserDepth) {
  EXPECT_LT((Order{2, 9}), (Order{1, 0}));
  EXPECT_LT((Order{2, 1}), (Order{2, 2}));
  EXPECT_LT((Order{2, 1}), (Order{2, 1}).below());
  EXPECT_LT((Order{1, 5}), Order{});
}

}  // namespace
}  // namespace wireproof::hmtp
