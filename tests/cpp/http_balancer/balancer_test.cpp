// The rules of the balancer, one by one.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "http_balancer/balancer.hpp"
#include "http_balancer/retry.hpp"
#include "http_balancer/sticky.hpp"

namespace wireproof::http_balancer {
namespace {

using std::chrono::seconds;
using ::testing::AnyOf;
using ::testing::ElementsAre;

/// Nodes a, b, c, …, whose ports are 1, 2, 3, …
Configuration of_weights(const std::vector<unsigned>& weights) {
  Configuration all;
  all.check_interval = Time{0};
  for (const unsigned weight : weights) {
    NodeSettings node;
    node.name = node.host = std::string(1, static_cast<char>('a' + all.nodes.size()));
    node.port = static_cast<std::uint16_t>(all.nodes.size() + 1);
    node.weight = weight;
    all.nodes.push_back(node);
  }
  return all;
}

/// A balancer, and short words for what happens to it. Nodes are named by their letters.
class Rules : public ::testing::Test {
 protected:
  void start(const Configuration& configuration) { balancer.emplace(configuration); }

  char letter(NodeId id) const { return balancer->find(id) != nullptr ? balancer->find(id)->settings.host[0] : '?'; }
  NodeId id(char letter) const {
    for (const Node& node : balancer->nodes()) {
      if (node.settings.host[0] == letter) return node.id;
    }
    return 0;
  }
  const Node& node(char letter) const { return *balancer->find(id(letter)); }

  Choice ask(const Wanted& wanted = {}) { return balancer->ask(wanted, now); }
  /// A request that ends at once: who was asked.
  char one(const Wanted& wanted = {}, AttemptEnd how = AttemptEnd::answered) {
    const Choice choice = ask(wanted);
    if (choice.kind != Choice::Kind::node) return '-';
    const char asked = letter(choice.attempt.node);
    balancer->end(choice.attempt, how, now);
    return asked;
  }
  std::string several(unsigned count, const Wanted& wanted = {}) {
    std::string asked;
    while (count-- > 0) asked += one(wanted);
    return asked;
  }
  /// It does not answer until it is dead.
  void kill(char letter) {
    for (unsigned i = 0; i < 1000 && node(letter).health.is_alive(); ++i) {
      Wanted wanted;
      for (const Node& other : balancer->nodes()) {
        if (other.id != id(letter)) wanted.tried.push_back(other.id);
      }
      ASSERT_EQ(one(wanted, AttemptEnd::unanswered), letter);
    }
    ASSERT_FALSE(node(letter).health.is_alive());
  }
  void pass(Time time) {
    now += time;
    balancer->advance(now);
  }
  /// "go1 died-a": since the last time.
  std::string actions() {
    std::string text;
    for (const Action& action : balancer->take_actions()) {
      if (!text.empty()) text += ' ';
      switch (action.kind) {
        case Action::Kind::go:
          text += "go" + std::to_string(action.ticket) + letter(action.attempt.node);
          break;
        case Action::Kind::give_up:
          text += "give-up" + std::to_string(action.ticket);
          break;
        case Action::Kind::check:
          text += std::string("check-") + letter(action.node);
          break;
        case Action::Kind::died:
          text += std::string("died-") + letter(action.node);
          break;
        case Action::Kind::returned:
          text += std::string("returned-") + letter(action.node);
          break;
        case Action::Kind::gone:
          text += "gone";
          break;
      }
    }
    return text;
  }

  std::optional<Balancer> balancer;
  Time now{0};
};

TEST_F(Rules, NodesTakeTurns) {
  start(of_weights({1, 1, 1}));
  EXPECT_EQ(several(6), "abcabc");
}

TEST_F(Rules, AHeavyNodesTurnsDoNotComeInARow) {
  start(of_weights({5, 1, 1}));
  EXPECT_EQ(several(7), "aabacaa");
}

TEST_F(Rules, WhoHasTheFewestRequestsForItsWeightIsAsked) {
  Configuration all = of_weights({2, 1});
  all.policy = Policy::least_connections;
  start(all);
  std::string asked;
  for (int i = 0; i < 6; ++i) asked += letter(ask().attempt.node);
  EXPECT_EQ(std::count(asked.begin(), asked.end(), 'a'), 4) << asked;
  EXPECT_EQ(node('a').active, 4U);
  EXPECT_EQ(node('b').active, 2U);
}

TEST_F(Rules, IdleNodesTakeTurnsByWeightUnderLeastConnectionsToo) {
  Configuration all = of_weights({1, 1, 1});
  all.policy = Policy::least_connections;
  start(all);
  EXPECT_EQ(several(6), "abcabc");
}

TEST_F(Rules, WhoDoesNotAnswerOftenEnoughInARowIsOutUntilItsTimeIsOver) {
  Configuration all = of_weights({1, 1});
  all.eject = 2;
  all.eject_time = seconds(10);
  start(all);
  const Wanted only_a{.tried = {id('b')}};
  one(only_a, AttemptEnd::unanswered);
  one(only_a, AttemptEnd::answered);
  one(only_a, AttemptEnd::unanswered);
  EXPECT_TRUE(node('a').health.is_alive()) << "an answer in between did not count";
  one(only_a, AttemptEnd::unanswered);
  EXPECT_EQ(actions(), "died-a");
  EXPECT_EQ(several(3), "bbb");
  EXPECT_EQ(balancer->next_deadline(), seconds(10));
  pass(seconds(9));
  EXPECT_EQ(several(2), "bb");
  pass(seconds(1));
  EXPECT_EQ(actions(), "returned-a");
  // One failure suffices now, until it has answered.
  one(only_a, AttemptEnd::unanswered);
  EXPECT_EQ(actions(), "died-a");
  pass(seconds(10));
  EXPECT_EQ(actions(), "returned-a");
  EXPECT_EQ(several(2), "ab");
  one(only_a, AttemptEnd::unanswered);
  EXPECT_EQ(actions(), "");
}

TEST_F(Rules, WhoReturnsHasNoTurnsToCatchUpWithNorToWaitFor) {
  start(of_weights({1, 1}));
  EXPECT_EQ(one(), 'a');
  kill('a');
  EXPECT_EQ(several(3), "bbb");
  pass(seconds(10));
  EXPECT_EQ(several(4), "abab");
}

TEST_F(Rules, WhatBeganBeforeAChangeTellsNothingOfTheNode) {
  Configuration all = of_weights({1});
  all.eject = 1;
  start(all);
  const Choice old = ask();
  const Choice other = ask();
  balancer->end(other.attempt, AttemptEnd::unanswered, now);
  EXPECT_EQ(actions(), "died-a");
  pass(all.eject_time);
  EXPECT_EQ(actions(), "returned-a");
  balancer->end(old.attempt, AttemptEnd::unanswered, now);
  EXPECT_EQ(actions(), "");
  EXPECT_EQ(node('a').active, 0U);
}

TEST_F(Rules, ClientsThatLeaveAreNotTheNodesFault) {
  Configuration all = of_weights({1});
  all.eject = 1;
  start(all);
  for (int i = 0; i < 100; ++i) one({}, AttemptEnd::dropped);
  EXPECT_TRUE(node('a').health.is_alive());
  EXPECT_EQ(node('a').counters.unanswered, 0U);
}

TEST_F(Rules, ChecksTakeANodeOutAndBackInRiseAndFall) {
  Configuration all = of_weights({1, 1});
  all.check_interval = seconds(1);
  all.rise = 2;
  all.fall = 3;
  start(all);
  EXPECT_EQ(actions(), "check-a check-b");
  EXPECT_EQ(balancer->next_deadline(), kNever) << "both are under way";
  balancer->check_ended(id('a'), true, now);
  balancer->check_ended(id('b'), true, now);
  EXPECT_EQ(balancer->next_deadline(), seconds(1));
  std::string changes;
  for (const char result : std::string("001000110101")) {
    pass(seconds(1));
    balancer->check_ended(id('a'), result == '1', now);
    balancer->check_ended(id('b'), true, now);
    for (const Action& action : balancer->take_actions()) {
      if (action.kind == Action::Kind::died) changes += 'd';
      if (action.kind == Action::Kind::returned) changes += 'r';
    }
    changes += node('a').health.is_alive() ? '+' : '-';
  }
  EXPECT_EQ(changes, "+++++d--r+++++");
  EXPECT_EQ(node('a').counters.deaths, 1U);
}

TEST_F(Rules, TheFirstCheckIsBelievedAtOnce) {
  Configuration all = of_weights({1, 1});
  all.check_interval = seconds(1);
  start(all);
  balancer->check_ended(id('a'), false, now);
  EXPECT_EQ(actions(), "check-a check-b died-a");
  EXPECT_EQ(several(3), "bbb");
}

TEST_F(Rules, WhereThereAreChecksTimeBringsNobodyBack) {
  Configuration all = of_weights({1, 1});
  all.check_interval = seconds(1);
  all.rise = 1;
  start(all);
  balancer->check_ended(id('a'), true, now);
  kill('a');
  actions();
  for (int i = 0; i < 60; ++i) {
    pass(seconds(1));
    balancer->check_ended(id('a'), false, now);
  }
  EXPECT_EQ(several(2), "bb");
  balancer->check_ended(id('a'), true, now);
  EXPECT_EQ(several(2), "ab");
}

TEST_F(Rules, WhenAllAreDeadAllAreTried) {
  start(of_weights({1, 1, 1}));
  kill('a');
  kill('b');
  EXPECT_FALSE(balancer->is_in_panic());
  EXPECT_EQ(several(3), "ccc");
  kill('c');
  EXPECT_TRUE(balancer->is_in_panic());
  EXPECT_EQ(several(6), "abcabc");
}

TEST_F(Rules, ARequestTriesEachNodeOnceAndTheDeadOnesLast) {
  start(of_weights({1, 1, 1}));
  kill('a');
  Wanted wanted;
  std::string asked;
  for (Choice choice = ask(wanted); choice.kind == Choice::Kind::node; choice = ask(wanted)) {
    asked += letter(choice.attempt.node);
    wanted.tried.push_back(choice.attempt.node);
    balancer->end(choice.attempt, AttemptEnd::unanswered, now);
  }
  EXPECT_THAT(asked, AnyOf("bca", "cba"));
  EXPECT_EQ(ask(wanted).kind, Choice::Kind::exhausted);
}

TEST_F(Rules, ANodeThatReturnsStartsSlowly) {
  Configuration all = of_weights({1, 1});
  all.slow_start = seconds(100);
  all.eject = 1;
  all.eject_time = seconds(1);
  start(all);
  kill('a');
  pass(seconds(1));
  const auto share_of_a = [&] {
    const std::string asked = several(1100);
    return std::count(asked.begin(), asked.end(), 'a');
  };
  EXPECT_NEAR(share_of_a(), 100, 1);  // a tenth of its weight: 1 of 11
  pass(seconds(50));
  EXPECT_NEAR(share_of_a(), 390, 2);  // 550 of 1,550
  pass(seconds(50));
  EXPECT_NEAR(share_of_a(), 550, 1);
}

TEST_F(Rules, BoundClientsStayUntilTheirNodeIsDead) {
  start(of_weights({1, 1, 1}));
  const Wanted wanted{.bound = balancer->find_token(token_of("b:2"))};
  ASSERT_EQ(letter(wanted.bound), 'b');
  EXPECT_EQ(several(4, wanted), "bbbb");
  kill('b');
  EXPECT_THAT(several(2, wanted), AnyOf("ac", "ca"));
}

TEST_F(Rules, ANodeOfWeight0TakesBoundClientsAlone) {
  start(of_weights({1, 0, 1}));
  EXPECT_EQ(several(4), "acac");
  EXPECT_EQ(several(2, {.bound = id('b')}), "bb");
  kill('a');
  kill('c');
  EXPECT_THAT(several(2), AnyOf("ac", "ca")) << "it is not asked in panic either";
}

TEST_F(Rules, BeyondALimitRequestsWaitInOrder) {
  Configuration all = of_weights({1, 1});
  for (NodeSettings& node : all.nodes) node.max_connections = 1;
  all.queue = 2;
  start(all);
  const Choice first = ask();
  const Choice second = ask();
  const Choice third = ask();
  const Choice fourth = ask();
  EXPECT_EQ(third.kind, Choice::Kind::wait);
  EXPECT_EQ(ask().kind, Choice::Kind::queue_full);
  balancer->end(second.attempt, AttemptEnd::answered, now);
  EXPECT_EQ(actions(), "go1b");
  balancer->end(first.attempt, AttemptEnd::answered, now);
  EXPECT_EQ(actions(), "go2a");
  EXPECT_FALSE(balancer->leave(fourth.ticket)) << "it went already";
}

TEST_F(Rules, WhoWaitsTooLongIsTold) {
  Configuration all = of_weights({1});
  all.nodes[0].max_connections = 1;
  all.queue_timeout = seconds(5);
  start(all);
  const Choice first = ask();
  pass(seconds(1));
  ask();
  EXPECT_EQ(balancer->next_deadline(), seconds(6));
  pass(seconds(5));
  EXPECT_EQ(actions(), "give-up1");
  balancer->end(first.attempt, AttemptEnd::answered, now);
  EXPECT_EQ(actions(), "");
}

TEST_F(Rules, WhoLeavesTheQueueMakesRoom) {
  Configuration all = of_weights({1});
  all.nodes[0].max_connections = 1;
  all.queue = 1;
  start(all);
  const Choice first = ask();
  EXPECT_TRUE(balancer->leave(ask().ticket));
  const Choice next = ask();
  EXPECT_EQ(next.kind, Choice::Kind::wait);
  balancer->end(first.attempt, AttemptEnd::answered, now);
  EXPECT_EQ(actions(), "go" + std::to_string(next.ticket) + "a");
}

TEST_F(Rules, BoundClientsWaitForTheirNodeAndOthersPassThem) {
  Configuration all = of_weights({1, 1});
  for (NodeSettings& node : all.nodes) node.max_connections = 1;
  start(all);
  const Choice at_a = ask();
  EXPECT_EQ(ask({.bound = id('a')}).kind, Choice::Kind::wait);
  const Choice at_b = ask();
  ASSERT_EQ(letter(at_b.attempt.node), 'b');
  EXPECT_EQ(ask().kind, Choice::Kind::wait);
  balancer->end(at_b.attempt, AttemptEnd::answered, now);
  EXPECT_EQ(actions(), "go2b");
  balancer->end(at_a.attempt, AttemptEnd::answered, now);
  EXPECT_EQ(actions(), "go1a");
}

TEST_F(Rules, WhoWaitsForANodeThatDiesGoesElsewhere) {
  Configuration all = of_weights({1, 1});
  all.nodes[0].max_connections = 1;
  all.eject = 1;
  start(all);
  const Choice at_a = ask();
  EXPECT_EQ(ask({.bound = id('a')}).kind, Choice::Kind::wait);
  balancer->end(at_a.attempt, AttemptEnd::unanswered, now);
  EXPECT_EQ(actions(), "died-a go1b");
}

TEST_F(Rules, AReloadKeepsWhatIsKnownOfNodes) {
  Configuration all = of_weights({1, 1});
  all.eject_time = seconds(1000);
  start(all);
  kill('a');
  actions();
  Configuration other = of_weights({1, 1, 2});
  other.eject_time = all.eject_time;
  std::swap(other.nodes[0], other.nodes[2]);
  other.nodes[1].name = "another name";
  balancer->reload(other, now);
  EXPECT_FALSE(node('a').health.is_alive());
  EXPECT_EQ(several(3), "cbc");
}

TEST_F(Rules, ARemovedNodeFinishesWhatItHas) {
  Configuration all = of_weights({1, 1});
  start(all);
  const Choice at_a = ask();
  const NodeId a = at_a.attempt.node;
  Configuration other = all;
  other.nodes.erase(other.nodes.begin());
  balancer->reload(other, now);
  EXPECT_EQ(several(3), "bbb");
  EXPECT_EQ(one({.bound = a}), 'b');
  EXPECT_EQ(balancer->find_token(token_of("a:1")), 0U);
  EXPECT_EQ(balancer->nodes().size(), 2U);
  EXPECT_EQ(actions(), "");
  balancer->end(at_a.attempt, AttemptEnd::answered, now);
  EXPECT_EQ(actions(), "gone");
  EXPECT_EQ(balancer->nodes().size(), 1U);
}

TEST_F(Rules, ARemovedNodeThatComesBackIsTheSame) {
  const Configuration all = of_weights({1, 1});
  start(all);
  const Choice at_a = ask();
  Configuration other = all;
  other.nodes.erase(other.nodes.begin());
  balancer->reload(other, now);
  balancer->reload(all, now);
  EXPECT_EQ(id('a'), at_a.attempt.node);
  EXPECT_EQ(node('a').active, 1U);
}

TEST_F(Rules, AReloadWithMoreRoomLetsThoseWhoWaitGo) {
  Configuration all = of_weights({1});
  all.nodes[0].max_connections = 1;
  start(all);
  ask();
  ask();
  ask();
  all.nodes[0].max_connections = 2;
  balancer->reload(all, now);
  EXPECT_EQ(actions(), "go1a");
}

TEST(Retry, IsForWhatDoesNoMoreThanAskingOnce) {
  const Failed sent_get{.was_sent = true, .is_idempotent = true, .can_repeat = true};
  const Failed sent_post{.was_sent = true, .is_idempotent = false, .can_repeat = true};
  const Failed unsent_post{.was_sent = false, .is_idempotent = false, .can_repeat = true};
  EXPECT_TRUE(may_try_another(sent_get, 1, 1));
  EXPECT_FALSE(may_try_another(sent_get, 2, 1));
  EXPECT_FALSE(may_try_another(sent_get, 1, 0));
  EXPECT_FALSE(may_try_another(sent_post, 1, 9));
  EXPECT_TRUE(may_try_another(unsent_post, 0, 0));
  for (Failed failed : {sent_get, sent_post, unsent_post}) {
    failed.has_begun = true;
    EXPECT_FALSE(may_try_another(failed, 0, 9)) << "half an answer cannot be taken back";
    failed.has_begun = false;
    failed.can_repeat = false;
    EXPECT_FALSE(may_try_another(failed, 0, 9)) << "half a body cannot be sent again";
  }
}

TEST(Sticky, CookiesAreFoundAmongOthers) {
  EXPECT_EQ(cookie_of({}), "");
  EXPECT_EQ(cookie_of({{"Cookie", "a=b; balancer-node=0123; c=d"}}), "0123");
  EXPECT_EQ(cookie_of({{"Cookie", "a=b"}, {"cookie", "balancer-node=7"}}), "7");
  EXPECT_EQ(cookie_of({{"Cookie", "xbalancer-node=1; balancer-nodes=2; balancer-node; ;;"}}), "");
}

TEST(Sticky, TokensDifferAndShowNoAddress) {
  const std::string token = token_of("127.0.0.1:8001");
  EXPECT_EQ(token.size(), 16U);
  EXPECT_EQ(token, token_of("127.0.0.1:8001"));
  EXPECT_NE(token, token_of("127.0.0.1:8002"));
  EXPECT_EQ(token.find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_EQ(set_cookie(token), "balancer-node=" + token + "; Path=/; HttpOnly; SameSite=Lax");
}

}  // namespace
}  // namespace wireproof::http_balancer
