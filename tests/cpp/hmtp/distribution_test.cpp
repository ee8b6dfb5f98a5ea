// How messages of the group travel: to the root, down the tree, once to each; and after repairs.

#include <gmock/gmock.h>

#include "small_group.hpp"

namespace wireproof::hmtp::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;
using What = NodeEvent::What;

class Distribution : public ::testing::TestWithParam<bool> {
 protected:
  void start_many(unsigned hosts, unsigned children_max = 3) {
    group.options.children_max = children_max;
    for (unsigned host = 1; host <= hosts; ++host) {
      group.start(host);
      group.run(1s);
    }
    ASSERT_TRUE(group.is_one_tree());
  }
  std::size_t count(Type type, Time since) const {
    std::size_t found = 0;
    for (const Datagram& datagram : group.sent) found += datagram.type() == type && datagram.at >= since;
    return found;
  }
  void lose_all_to(unsigned host) {
    group.fate = [=](const Datagram& datagram) {
      return datagram.to == address(host) ? std::vector<Time>{} : std::vector<Time>{1ms};
    };
  }
  SmallGroup group{GetParam()};
};
class Repair : public Distribution {};
INSTANTIATE_TEST_SUITE_P(PlainAndExtended, Distribution, ::testing::Bool(),
                         [](const auto& info) { return info.param ? "Extended" : "Plain"; });
INSTANTIATE_TEST_SUITE_P(Extended, Repair, ::testing::Values(true));

TEST_P(Distribution, EveryNodePrintsEachMessageOnceAndTheTreeCopiesItOnce) {
  start_many(13);
  const Time begin = group.now();
  for (const unsigned host : {1U, 2U, 13U}) {
    group.node(host).local_message(group.now(), "from " + std::to_string(host));
    group.run(1s);
  }
  for (const auto& [host, member] : group.members) {
    EXPECT_THAT(member->printed, UnorderedElementsAre("from 1", "from 2", "from 13")) << host;
  }
  // Twelve edges for each of the three; two of them went to the root first.
  EXPECT_EQ(count(Type::data, begin), 3 * 12 + 2U);
}

TEST_P(Distribution, TheRootsAddressIsAskedForOncePerMinute) {
  start_many(2);
  const Time begin = group.now();
  for (int i = 0; i < 130; ++i) {
    group.node(2).local_message(group.now(), "x");
    group.run(1s);
  }
  EXPECT_EQ(group.member(1).printed.size(), 130U);
  // What the node learned when it joined, a second before, serves for the first minute.
  EXPECT_EQ(count(Type::root, begin), 2U);
}

TEST_P(Distribution, EmptyAndLargestMessagesTravelAndLongerOnesAreRefused) {
  start_many(2);
  group.node(2).local_message(group.now(), "");
  group.node(2).local_message(group.now(), std::string(kLongestPayload, 'x'));
  group.node(2).local_message(group.now(), std::string(kLongestPayload + 1, 'x'));
  group.run(1s);
  ASSERT_EQ(group.member(1).printed.size(), 2U);
  EXPECT_EQ(group.member(1).printed[1].size(), kLongestPayload);
  EXPECT_EQ(group.node(2).counters().dropped, 1U);
  EXPECT_TRUE(group.member(2).told(What::message_dropped));
}

TEST_P(Distribution, MessagesWaitUntilThereIsARoot) {
  group.crash_rendezvous();
  group.start(1);
  group.run(1s);
  for (int i = 0; i < 70; ++i) group.node(1).local_message(group.now(), std::to_string(i));
  EXPECT_EQ(group.node(1).waiting_messages(), 64U);
  EXPECT_EQ(group.node(1).counters().dropped, 6U);
  group.start_rendezvous();
  group.run(60s);
  EXPECT_EQ(group.member(1).printed.size(), 64U);
  EXPECT_EQ(group.member(1).printed.front(), "6");
  EXPECT_EQ(group.node(1).waiting_messages(), 0U);
}

TEST_P(Distribution, ANodeThatIsNotTheRootTakesMessagesFromItsParentOnly) {
  start_many(3);
  group.put(address(77), address(2), encode_data({1, 1}, "from a stranger"));
  group.put(address(3), address(2), encode_data({1, 2}, "from a sibling"));
  group.put(address(77), address(1), encode_data({1, 3}, "to the root"));
  group.run(1s);
  EXPECT_THAT(group.member(2).printed, ElementsAre("to the root"));
  EXPECT_EQ(group.node(2).counters().from_strangers, 2U);
}

TEST_P(Distribution, DuplicatesOnTheWireArePrintedOnce) {
  start_many(5);
  group.fate = [](const Datagram&) { return std::vector<Time>{1ms, 2ms, 700ms}; };
  group.node(5).local_message(group.now(), "x");
  group.run(10s);
  for (const auto& [host, member] : group.members) EXPECT_THAT(member->printed, ElementsAre("x")) << host;
  EXPECT_GT(group.node(1).counters().duplicates, 0U);
}

TEST_P(Distribution, AMessageThatOvertakesTheYjoiIsNotLost) {
  start_many(1);
  group.fate = [](const Datagram& datagram) {
    return std::vector<Time>{datagram.type() == Type::yjoi ? Time(500ms) : Time(1ms)};
  };
  group.start(2);
  group.run(100ms);
  group.node(1).local_message(group.now(), "early");
  group.run(1s);
  EXPECT_THAT(group.member(2).printed, ElementsAre("early"));
}

TEST_P(Distribution, AMessageSentToADeadRootIsLostOrComesLater) {
  start_many(2);
  group.crash(1);
  group.node(2).local_message(group.now(), "to nobody");
  group.run(600s);
  ASSERT_EQ(group.node(2).state(), Node::State::root);
  if (group.options.extensions) {
    EXPECT_THAT(group.member(2).printed, ElementsAre("to nobody"));
  } else {
    EXPECT_THAT(group.member(2).printed, IsEmpty());
  }
}

TEST_P(Repair, AParentThatRestartsUnseenSendsItsChildWhatItMissedMeanwhile) {
  start_many(3, 1);
  group.crash(2);
  group.start(2);
  group.run(1s);
  group.node(1).local_message(group.now(), "unheard");
  group.run(1s);
  ASSERT_THAT(group.member(2).printed, ElementsAre("unheard"));
  EXPECT_THAT(group.member(3).printed, IsEmpty());
  group.run(125s);
  EXPECT_THAT(group.member(3).printed, ElementsAre("unheard"));
}

TEST_P(Repair, AParentThatIsNewAsksItsOwnForWhatItsChildMissed) {
  start_many(3, 1);
  group.crash(2);
  group.node(1).local_message(group.now(), "unheard");
  lose_all_to(3);
  group.start(4);
  group.run(200s);
  ASSERT_EQ(group.node(4).state(), Node::State::attached);
  EXPECT_THAT(group.member(4).printed, IsEmpty());
  group.fate = nullptr;
  group.run(20s);
  ASSERT_TRUE(group.is_one_tree());
  EXPECT_EQ(group.node(3).parent(), address(4));
  EXPECT_THAT(group.member(3).printed, ElementsAre("unheard"));
}

TEST_P(Distribution, WhatASubtreeMissedWhileItWasOrphanedIsLostOrSentAgain) {
  start_many(4, 1);
  lose_all_to(2);
  group.run(110s);
  group.node(1).local_message(group.now(), "while you were away");
  group.run(1s);
  group.run(300s);
  group.fate = nullptr;
  group.run(600s);
  ASSERT_TRUE(group.is_one_tree());
  group.node(1).local_message(group.now(), "welcome back");
  group.run(1s);
  for (const unsigned host : {2U, 3U, 4U}) {
    if (group.options.extensions) {
      EXPECT_THAT(group.member(host).printed, ElementsAre("while you were away", "welcome back")) << host;
    } else {
      EXPECT_THAT(group.member(host).printed, ElementsAre("welcome back")) << host;
    }
  }
}

TEST_P(Repair, ANewMemberIsNotSentWhatWasBeforeIt) {
  start_many(2);
  group.node(1).local_message(group.now(), "old");
  group.run(10s);
  group.start(3);
  group.run(10s);
  group.node(1).local_message(group.now(), "new");
  group.run(1s);
  group.crash(1);
  group.run(600s);
  ASSERT_TRUE(group.is_one_tree());
  EXPECT_THAT(group.member(3).printed, ElementsAre("new"));
}

TEST_P(Repair, TheRootTellsWhoeverRepeatsAMessageThatItHasIt) {
  start_many(2);
  // The copies never reach the one that sent it.
  group.fate = [](const Datagram& datagram) {
    const bool lost = datagram.to == address(2) && datagram.type() == Type::data;
    return lost ? std::vector<Time>{} : std::vector<Time>{1ms};
  };
  const Time begin = group.now();
  group.node(2).local_message(group.now(), "x");
  group.run(100s);
  EXPECT_THAT(group.member(2).printed, ElementsAre("x"));
  EXPECT_EQ(count(Type::sent, begin), 1U);
  EXPECT_EQ(group.node(2).waiting_messages(), 0U);
}

TEST_P(Repair, AMessageThatNobodyConfirmsIsGivenUpAndTold) {
  start_many(2);
  group.fate = [](const Datagram& datagram) {
    return datagram.type() == Type::data ? std::vector<Time>{} : std::vector<Time>{1ms};
  };
  const Time begin = group.now();
  group.node(2).local_message(group.now(), "x");
  group.run(1000s);
  EXPECT_EQ(group.node(2).waiting_messages(), 0U);
  EXPECT_EQ(group.node(2).counters().unconfirmed, 1U);
  EXPECT_LE(count(Type::data, begin), 151U);
}

TEST_P(Repair, AReplayIsSentOncePerPlaceHoweverOftenItIsAskedFor) {
  start_many(2);
  group.node(1).local_message(group.now(), "x");
  group.run(1s);
  group.fate = [](const Datagram& datagram) {
    return datagram.type() == Type::sent || (datagram.type() == Type::data && datagram.to == address(3))
               ? std::vector<Time>{}
               : std::vector<Time>{1ms};
  };
  group.start(3);
  group.run(1s);
  group.node(1).local_message(group.now(), "y");
  group.run(1s);
  // Both lose their place and find another one.
  group.node(1).leave(group.now());
  group.crash(1);
  const Time begin = group.now();
  group.run(60s);
  ASSERT_TRUE(group.is_one_tree());
  EXPECT_EQ(count(Type::miss, begin), 3U);
  const Node& root = group.node(group.node(2).state() == Node::State::root ? 2 : 3);
  EXPECT_LE(root.counters().replayed, 2U);
}

}  // namespace
}  // namespace wireproof::hmtp::testing
