// What the simulated network does to datagrams.

#include "simulation/network.hpp"

#include <gtest/gtest.h>

#include <map>

namespace wireproof::simulation {
namespace {

using namespace std::chrono_literals;

std::map<std::size_t, int> copies_of(Network& network, int datagrams) {
  std::map<std::size_t, int> copies;
  for (int i = 0; i < datagrams; ++i) ++copies[network.fate(1, 2).size()];
  return copies;
}

TEST(Network, LosesNothingAndKeepsItsBoundUnlessItIsToldOtherwise) {
  for (const bool is_local : {false, true}) {
    Network network(3, is_local);
    bool overtakes = false;
    Time last{0};
    for (int i = 0; i < 1000; ++i) {
      const auto delays = network.fate(1, 2);
      ASSERT_EQ(delays.size(), 1U);
      EXPECT_GE(delays[0], 1ms / 32);
      EXPECT_LE(2 * delays[0], network.answer());
      overtakes = overtakes || delays[0] + 1ms / 32 < last;
      last = delays[0];
    }
    EXPECT_TRUE(overtakes);
  }
}

TEST(Network, LosesDoublesAndDelaysItsShare) {
  Network network(3, false);
  network.set({.loss = 30, .duplicates = 20});
  const auto copies = copies_of(network, 10'000);
  EXPECT_NEAR(copies.at(0), 10'000 * (0.8 * 0.3 + 0.2 * 0.3 * 0.3), 250);
  EXPECT_NEAR(copies.at(2), 10'000 * (0.2 * 0.7 * 0.7), 200);
  network.set({.late = 50});
  int late = 0;
  for (int i = 0; i < 1000; ++i) late += network.fate(1, 2)[0] > 60ms ? 1 : 0;
  EXPECT_NEAR(late, 490, 70);
}

TEST(Network, IsSplitInTwoUntilItHeals) {
  Network network(3, false);
  network.split(7);
  int cut = 0;
  for (Host from = 0; from < 20; ++from) {
    for (Host to = 0; to < 20; ++to) {
      const bool lost = network.fate(from, to).empty();
      EXPECT_EQ(lost, network.fate(to, from).empty()) << from << " " << to;
      EXPECT_FALSE(lost && from == to);
      cut += lost ? 1 : 0;
    }
  }
  EXPECT_GT(cut, 50);
  network.heal();
  for (Host to = 0; to < 20; ++to) EXPECT_EQ(network.fate(1, to).size(), 1U);
}

TEST(Network, DoesTheSameToTheNthDatagramOfAHostWhateverOthersSend) {
  Network quiet(5, false);
  Network busy(5, false);
  for (Network* const network : {&quiet, &busy}) network->set({.loss = 50, .duplicates = 50, .late = 50});
  for (int i = 0; i < 200; ++i) {
    busy.fate(2, 1);
    const auto expected = quiet.fate(1, 2);
    const auto found = busy.fate(1, 2);
    EXPECT_TRUE(std::equal(expected.begin(), expected.end(), found.begin(), found.end()));
  }
}

}  // namespace
}  // namespace wireproof::simulation
