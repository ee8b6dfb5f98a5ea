// How nodes find the root and a parent, in virtual time with the sheet's own timers.

#include <gmock/gmock.h>

#include "small_group.hpp"

namespace wireproof::hmtp::testing {
namespace {

using ::testing::ElementsAre;

/// The sheet's procedures hold with and without the extension.
class Joining : public ::testing::TestWithParam<bool> {
 protected:
  SmallGroup group{GetParam()};
};
INSTANTIATE_TEST_SUITE_P(PlainAndExtended, Joining, ::testing::Bool(),
                         [](const auto& info) { return info.param ? "Extended" : "Plain"; });

TEST_P(Joining, TheFirstNodeAsksForTheRootAndRegisters) {
  group.start(1);
  group.run(1s);
  EXPECT_THAT(group.types(), ElementsAre("ROOT", "TOOR", "RREG", "YREG"));
  EXPECT_EQ(group.sent[1].bytes, "TOOR\n");
  EXPECT_EQ(group.node(1).state(), Node::State::root);
  EXPECT_EQ(group.rendezvous->root(), address(1));
}

TEST_P(Joining, OfTwoAtOnceOneIsRefusedAndAsksAgain) {
  group.start(1);
  group.start(2);
  group.run(1s);
  EXPECT_THAT(group.types(), ElementsAre("ROOT", "ROOT", "TOOR", "TOOR", "RREG", "RREG", "YREG", "NREG", "ROOT", "TOOR",
                                         "RJOI", "YJOI"));
  EXPECT_EQ(group.sent[9].bytes, "TOOR\n10.0.0.1 10000");
  EXPECT_EQ(group.node(2).parent(), address(1));
}

TEST_P(Joining, AFullParentNamesItsChildrenAndOneOfThemIsAsked) {
  for (unsigned host = 1; host <= 4; ++host) {
    group.start(host);
    group.run(1s);
  }
  group.start(5);
  group.run(1s);
  ASSERT_EQ(group.node(1).children().size(), 3U);
  const auto& refusal = group.sent[group.sent.size() - 3];
  EXPECT_EQ(refusal.bytes, "NJOI\n10.0.0.2 10000\n10.0.0.3 10000\n10.0.0.4 10000\n");
  EXPECT_EQ(group.node(5).state(), Node::State::attached);
  EXPECT_NE(group.node(5).parent(), address(1));
  EXPECT_TRUE(group.is_one_tree());
}

TEST_P(Joining, FortyNodesMakeOneTreeWithinTheChildLimit) {
  for (unsigned host = 1; host <= 40; ++host) group.start(host);
  group.run(60s);
  EXPECT_TRUE(group.is_one_tree());
  for (const auto& [host, member] : group.members) EXPECT_LE(member->node.children().size(), 3U);
}

}  // namespace
}  // namespace wireproof::hmtp::testing
