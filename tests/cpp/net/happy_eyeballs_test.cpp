// RFC 8305 in virtual time.

#include "net/happy_eyeballs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "../base/seeds.hpp"
#include "random/random.hpp"

namespace wireproof {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

Address four(unsigned last) { return Address::v4(0x0A000000U + last, 80); }
Address six(unsigned last) { return parse_address("2001:db8::" + std::to_string(last))->with_port(80); }

TEST(Interleaved, FamiliesTakeTurns) {
  EXPECT_THAT(interleaved({six(1), six(2), six(3), four(1), four(2)}),
              ElementsAre(six(1), four(1), six(2), four(2), six(3)));
  EXPECT_THAT(interleaved({four(1), six(1), six(2)}), ElementsAre(four(1), six(1), six(2)));
  EXPECT_THAT(interleaved({four(2), four(1)}), ElementsAre(four(2), four(1)));
  EXPECT_TRUE(interleaved({}).empty());
}

TEST(HappyEyeballs, TriesTheNextWhenOneDoesNotAnswer) {
  HappyEyeballs eyeballs({six(1), four(1), six(2)}, 1s);
  EXPECT_EQ(eyeballs.next(1s), 0U);
  EXPECT_EQ(eyeballs.next(1s), std::nullopt);
  EXPECT_EQ(eyeballs.next_deadline(), 1250ms);
  EXPECT_EQ(eyeballs.next(1249ms), std::nullopt);
  EXPECT_EQ(eyeballs.next(1250ms), 1U);
  EXPECT_EQ(eyeballs.next_deadline(), 1500ms);
  eyeballs.connected(1);
  EXPECT_EQ(eyeballs.winner(), 1U);
  EXPECT_EQ(eyeballs.next_deadline(), kNever);
  eyeballs.connected(0);
  EXPECT_EQ(eyeballs.winner(), 1U) << "the first stays";
}

TEST(HappyEyeballs, TriesTheNextAtOnceWhenOneFails) {
  HappyEyeballs eyeballs({six(1), four(1)}, 0s);
  EXPECT_EQ(eyeballs.next(0s), 0U);
  eyeballs.failed(0, 10ms);
  EXPECT_EQ(eyeballs.next_deadline(), 10ms);
  EXPECT_EQ(eyeballs.next(10ms), 1U);
  EXPECT_FALSE(eyeballs.has_failed());
  EXPECT_EQ(eyeballs.next_deadline(), kNever);
  eyeballs.failed(1, 20ms);
  EXPECT_TRUE(eyeballs.has_failed());
}

TEST(HappyEyeballs, OfNoAddressHasFailed) {
  HappyEyeballs eyeballs({}, 0s);
  EXPECT_TRUE(eyeballs.has_failed());
  EXPECT_EQ(eyeballs.next(0s), std::nullopt);
}

/// Any servers: the first to answer wins, every address has its turn, and nobody waits for one that is silent.
TEST(HappyEyeballs, OfAnyServers) {
  for (std::uint64_t seed = 1; seed <= testing::seeds(10000); ++seed) {
    Random random(seed);
    struct Peer {
      Time takes = kNever;  ///< from the attempt to its outcome
      bool accepts = false;
      Time begun = kNever;
      Time ends = kNever;
    };
    std::vector<Peer> peers(1 + random.below(6));
    std::vector<Address> addresses;
    for (auto& peer : peers) {
      if (random.below(4) != 0) peer.takes = std::chrono::milliseconds(random.below(1000));
      peer.accepts = random.below(2) == 0;
      addresses.push_back(four(static_cast<unsigned>(addresses.size())));
    }
    HappyEyeballs eyeballs(addresses, 0s);
    Time now{0};
    Time last_begun = -1s;
    Time last_failed = -1s;
    std::size_t begun = 0;
    while (!eyeballs.winner() && !eyeballs.has_failed()) {
      if (const auto number = eyeballs.next(now)) {
        ASSERT_EQ(*number, begun++) << "seed " << seed;
        ASSERT_TRUE(begun == 1 || now - last_begun >= 250ms || last_failed == now) << "seed " << seed;
        last_begun = now;
        peers[*number].begun = now;
        if (peers[*number].takes != kNever) peers[*number].ends = now + peers[*number].takes;
      }
      const auto first = std::min_element(peers.begin(), peers.end(),
                                          [](const Peer& one, const Peer& other) { return one.ends < other.ends; });
      const Time due = std::min(first->ends, eyeballs.next_deadline());
      if (due == kNever) break;
      now = std::max(now, due);
      if (first->ends > now) continue;
      const auto number = static_cast<std::size_t>(first - peers.begin());
      first->ends = kNever;
      if (first->accepts) {
        eyeballs.connected(number);
      } else {
        last_failed = now;
        eyeballs.failed(number, now);
      }
    }
    const bool any =
        std::any_of(peers.begin(), peers.end(), [](const Peer& peer) { return peer.accepts && peer.takes != kNever; });
    ASSERT_EQ(eyeballs.winner().has_value(), any) << "seed " << seed;
    if (!any) {
      EXPECT_EQ(begun, peers.size()) << "seed " << seed;
      continue;
    }
    const Peer& winner = peers[*eyeballs.winner()];
    EXPECT_EQ(now, winner.begun + winner.takes) << "seed " << seed;
    for (std::size_t i = 0; i < begun; ++i) {
      if (peers[i].accepts && peers[i].takes != kNever) {
        EXPECT_LE(now, peers[i].begun + peers[i].takes) << "seed " << seed;
      }
    }
    EXPECT_LE(now, 250ms * (peers.size() - 1) + 1000ms) << "seed " << seed;
  }
}

}  // namespace
}  // namespace wireproof
