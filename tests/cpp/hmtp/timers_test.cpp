// What happens with time: refreshes, expiry, silence, restarts. Virtual time, the sheet's own minutes.

#include <gmock/gmock.h>

#include "small_group.hpp"

namespace wireproof::hmtp::testing {
namespace {

using What = NodeEvent::What;

class Timers : public ::testing::TestWithParam<bool> {
 protected:
  bool extended() const { return GetParam(); }
  void start_chain(unsigned hosts) {
    group.options.children_max = 1;
    for (unsigned host = 1; host <= hosts; ++host) {
      group.start(host);
      group.run(1s);
    }
    ASSERT_TRUE(group.is_one_tree());
  }
  /// Loses what goes from one host to another, both as their addresses' last bytes.
  void cut(unsigned from, unsigned to) {
    group.fate = [=](const Datagram& datagram) {
      const bool lost = datagram.from == address(from) && datagram.to == address(to);
      return lost ? std::vector<Time>{} : std::vector<Time>{1ms};
    };
  }
  std::size_t count(Type type, Time since) const {
    std::size_t found = 0;
    for (const Datagram& datagram : group.sent) found += datagram.type() == type && datagram.at >= since;
    return found;
  }
  SmallGroup group{GetParam()};
};
INSTANTIATE_TEST_SUITE_P(PlainAndExtended, Timers, ::testing::Bool(),
                         [](const auto& info) { return info.param ? "Extended" : "Plain"; });

TEST_P(Timers, TheRootAndTheChildrenRefreshEveryTwoMinutes) {
  start_chain(2);
  const Time begin = group.now();
  group.run(3600s);
  EXPECT_EQ(count(Type::rreg, begin), 30U);
  EXPECT_EQ(count(Type::yreg, begin), 30U);
  EXPECT_EQ(count(Type::rjoi, begin), 30U);
  EXPECT_EQ(count(Type::yjoi, begin), 30U);
  EXPECT_EQ(count(Type::root, begin), 0U);
  EXPECT_TRUE(group.is_one_tree());
}

TEST_P(Timers, AChildIsDroppedThreeMinutesAfterItsLastRefresh) {
  start_chain(2);
  const Time attached = group.node(2).state_since();
  group.crash(2);
  group.run(attached + 180s - 10ms - group.now());
  EXPECT_EQ(group.node(1).children().size(), 1U);
  group.run(20ms);
  EXPECT_TRUE(group.node(1).children().empty());
  EXPECT_TRUE(group.member(1).told(What::child_expired));
}

TEST_P(Timers, AChildWhoseParentMissesThreeAnswersJoinsAgainFromTheRoot) {
  start_chain(3);
  const Time attached = group.node(3).state_since();
  cut(2, 3);
  // Refreshes at 2, 4 and 6 minutes, or, repeated at once, three in three seconds.
  const Time given_up = attached + (extended() ? 123s : 361s);
  group.run(given_up - 1ms - group.now());
  EXPECT_EQ(group.node(3).state(), Node::State::attached);
  group.run(5ms);
  EXPECT_TRUE(group.member(3).told(What::parent_lost));
  EXPECT_EQ(count(Type::root, given_up - 1ms), 1U);
}

TEST_P(Timers, ALostAnswerOrTwoDoNotMatter) {
  start_chain(2);
  int losses = 0;
  group.fate = [&](const Datagram& datagram) {
    const bool lost = datagram.type() == Type::yjoi && ++losses <= 2;
    return lost ? std::vector<Time>{} : std::vector<Time>{1ms};
  };
  group.run(3600s);
  EXPECT_GE(losses, 3);
  EXPECT_FALSE(group.member(2).told(What::parent_lost));
}

TEST_P(Timers, ADeadRootIsForgottenAfterThreeMinutesAndAnOrphanRegisters) {
  start_chain(1);
  group.options.children_max = 3;
  group.crash(1);
  group.start_rendezvous();
  group.start(1);
  group.run(1s);
  for (unsigned host = 2; host <= 4; ++host) group.start(host);
  group.run(1s);
  group.crash(1);
  const Time expires = group.rendezvous->expires();
  group.run(expires - 1ms - group.now());
  EXPECT_EQ(group.rendezvous->root(), address(1));
  group.run(2ms);
  EXPECT_FALSE(group.rendezvous->root().is_set());
  group.run(400s);
  EXPECT_TRUE(group.is_one_tree());
  EXPECT_EQ(group.roots(), 1U);
}

TEST_P(Timers, ARestartedRendezvousPointMakesASecondRootForAtMostARefresh) {
  start_chain(2);
  group.start_rendezvous();
  group.start(9);
  group.run(1s);
  EXPECT_EQ(group.roots(), 2U);
  group.run(121s);
  EXPECT_EQ(group.roots(), 1U);
  EXPECT_TRUE(group.member(1).told(What::registration_lost));
  group.run(400s);
  EXPECT_TRUE(group.is_one_tree());
}

TEST_P(Timers, ARendezvousPointThatRemembersMakesNoSecondRoot) {
  start_chain(2);
  const Endpoint root = group.rendezvous->root();
  const Time expires = group.rendezvous->expires();
  group.start_rendezvous();
  group.rendezvous->restore(root, expires);
  group.start(9);
  for (int i = 0; i < 600; ++i) {
    group.run(1s);
    ASSERT_EQ(group.roots(), 1U);
  }
  EXPECT_TRUE(group.is_one_tree());
}

TEST_P(Timers, ARestartedRootFindsItselfRegisteredAndIsRootAgain) {
  start_chain(2);
  group.crash(1);
  group.start(1);
  group.run(1s);
  EXPECT_EQ(group.node(1).state(), Node::State::root);
  group.run(130s);
  EXPECT_TRUE(group.is_one_tree());
}

TEST_P(Timers, WhileTheRendezvousPointIsSilentTheTreeStands) {
  start_chain(2);
  group.crash_rendezvous();
  group.run(1000s);
  EXPECT_TRUE(group.is_one_tree());
  const Time begin = group.now();
  group.start(3);
  group.run(60s);
  EXPECT_FALSE(group.node(3).in_tree());
  EXPECT_LT(count(Type::root, begin), 60U);
  group.start_rendezvous();
  group.run(600s);
  EXPECT_TRUE(group.is_one_tree());
}

TEST_P(Timers, ARefreshThatIsRefusedLeadsToTheChildrenNamed) {
  start_chain(2);
  // The parent forgot its child and took another one.
  group.crash(1);
  group.start(1);
  group.run(1ms * 10);
  group.start(3);
  group.run(1s);
  ASSERT_EQ(group.node(3).parent(), address(1));
  group.run(121s);
  EXPECT_EQ(group.node(2).parent(), address(3));
  EXPECT_TRUE(group.is_one_tree());
}

TEST(Order, ANodeTakesANewSeatWheneverItsOrderGrowsAndOnlyThen) {
  SmallGroup group;
  group.rendezvous->restore(address(66), 10'000s);
  std::string depth = "1";
  group.fate = [&](const Datagram& datagram) {
    const auto fields = parse_fields(parse_message(datagram.bytes).body);
    if (datagram.to == address(66) && datagram.type() == Type::rjoi && fields) {
      group.put(address(66), datagram.from,
                "YJOI\nnode=0000000000000001\nseat=0000000000000002\nturn=" + std::to_string(fields->turn) +
                    "\norder=5." + depth + "\n");
    }
    return std::vector<Time>{1ms};
  };
  const Node& node = group.start(1).node;
  group.run(1s);
  EXPECT_EQ(node.order(), (Order{5, 2}));
  const std::uint64_t first = node.seat();
  depth = "0";
  group.run(120s);
  EXPECT_EQ(node.order(), (Order{5, 1}));
  EXPECT_EQ(node.seat(), first);
  depth = "7";
  group.run(120s);
  EXPECT_EQ(node.order(), (Order{5, 8}));
  EXPECT_NE(node.seat(), first);
  // With a child it cannot follow a parent that has gone below it.
  group.start(2);
  group.put(address(2), address(1), "RJOI\n");
  group.run(1s);
  ASSERT_EQ(node.children().size(), 1U);
  depth = "9";
  group.run(115s);
  EXPECT_EQ(node.state(), Node::State::attached);
  group.run(6s);
  EXPECT_TRUE(group.member(1).told(What::parent_left));
}

TEST(Leaving, TellsParentChildrenAndRendezvousPoint) {
  SmallGroup group;
  group.options.children_max = 1;
  for (unsigned host = 1; host <= 4; ++host) {
    group.start(host);
    group.run(1s);
  }
  for (const unsigned leaver : {2U, 1U}) {
    group.node(leaver).leave(group.now());
    EXPECT_EQ(group.node(leaver).next_deadline(), kNever);
    group.crash(leaver);
    group.run(1s);
    EXPECT_TRUE(group.is_one_tree()) << leaver;
  }
}

TEST(Leaving, WithoutTheExtensionIsSilent) {
  SmallGroup group(false);
  group.start(1);
  group.run(1s);
  const std::size_t before = group.sent.size();
  group.node(1).leave(group.now());
  EXPECT_EQ(group.sent.size(), before);
}

TEST(MixedTree, PlainAndExtendedNodesUnderstandEachOther) {
  SmallGroup group;
  group.options.children_max = 2;
  for (unsigned host = 1; host <= 12; ++host) {
    group.options.extensions = host % 3 != 0;
    group.start(host);
    group.run(1s);
  }
  group.node(9).local_message(group.now(), "plain");
  group.node(7).local_message(group.now(), "extended");
  group.run(600s);
  for (const auto& [host, member] : group.members) {
    EXPECT_TRUE(member->node.in_tree());
    EXPECT_THAT(member->printed, ::testing::UnorderedElementsAre("plain", "extended")) << host;
  }
}

}  // namespace
}  // namespace wireproof::hmtp::testing
