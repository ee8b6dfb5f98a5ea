// Requests one by one; whole stories are in stories_test.cpp.

#include "request/requests.hpp"

#include <gtest/gtest.h>

#include <string>

namespace wireproof::request {
namespace {

using namespace std::chrono_literals;

using TestRequests = Requests<std::string>;
using Send = TestRequests::Send;
using GivenUp = TestRequests::GivenUp;

/// The one action that is due at that time, of that kind.
template <typename Kind>
Kind only(TestRequests& requests, Time now) {
  EXPECT_EQ(requests.next_deadline(), now);
  EXPECT_TRUE(requests.advance(now - 1ns).empty());
  const auto actions = requests.advance(now);
  EXPECT_EQ(actions.size(), 1U);
  return std::get<Kind>(actions.at(0));
}

TEST(Requests, AreRepeatedAtDoubledTimeoutsAndGivenUp) {
  TestRequests requests({.tries = 4}, 1);
  const auto first = requests.ask(10s, "server");
  ASSERT_TRUE(first);
  EXPECT_EQ(first->to, "server");
  EXPECT_EQ(first->attempt, 1U);
  unsigned attempt = 1;
  for (const Time at : {11s, 13s, 17s}) {
    const Send again = only<Send>(requests, at);
    EXPECT_EQ(again.id, first->id);
    EXPECT_EQ(again.attempt, ++attempt);
  }
  EXPECT_EQ(only<GivenUp>(requests, 25s).id, first->id);
  EXPECT_EQ(requests.next_deadline(), kNever);
  EXPECT_EQ(requests.outstanding(), 0U);
}

TEST(Requests, EndWithTheirAnswer) {
  TestRequests requests({}, 1);
  const auto sent = requests.ask(0s, "server");
  const Answer answer = requests.receive(30ms, "server", sent->id);
  EXPECT_EQ(answer.kind, AnswerKind::answer);
  EXPECT_EQ(answer.attempts, 1U);
  EXPECT_EQ(answer.round_trip, 30ms);
  EXPECT_EQ(requests.next_deadline(), kNever);
  EXPECT_EQ(requests.estimator("server")->smoothed(), 30ms);
  EXPECT_EQ(requests.receive(40ms, "server", sent->id).kind, AnswerKind::repeated);
  EXPECT_EQ(requests.estimator("server")->smoothed(), 30ms);
}

TEST(Requests, TakeAnswersFromWhoWasAskedOnly) {
  TestRequests requests({}, 1);
  const auto sent = requests.ask(0s, "server");
  EXPECT_EQ(requests.receive(1ms, "stranger", sent->id).kind, AnswerKind::stranger);
  EXPECT_EQ(requests.receive(1ms, "server", sent->id + 1).kind, AnswerKind::unknown);
  EXPECT_EQ(requests.outstanding(), 1U);
  EXPECT_EQ(requests.receive(2ms, "server", sent->id).kind, AnswerKind::answer);
  EXPECT_EQ(requests.receive(3ms, "stranger", sent->id).kind, AnswerKind::stranger);
  EXPECT_EQ(requests.estimator("stranger"), nullptr);
}

TEST(Requests, SampleNoRoundTripOfWhatWasSentTwice) {
  TestRequests requests({.tries = 2}, 1);
  const auto sent = requests.ask(0s, "server");
  only<Send>(requests, 1s);
  const Answer answer = requests.receive(1010ms, "server", sent->id);
  EXPECT_EQ(answer.kind, AnswerKind::answer);
  EXPECT_EQ(answer.attempts, 2U);
  EXPECT_EQ(answer.round_trip, std::nullopt);
  EXPECT_EQ(requests.estimator("server")->smoothed(), std::nullopt);
  EXPECT_EQ(requests.estimator("server")->timeout(), 2s) << "backed off until a sample comes (RFC 6298, section 5)";
}

TEST(Requests, KnowALateAnswerAndLearnFromItWhenItIsPlain) {
  TestRequests requests({.tries = 1}, 1);
  const auto sent = requests.ask(0s, "server");
  only<GivenUp>(requests, 1s);
  const Answer answer = requests.receive(1500ms, "server", sent->id);
  EXPECT_EQ(answer.kind, AnswerKind::late);
  EXPECT_EQ(answer.round_trip, 1500ms);
  EXPECT_EQ(requests.estimator("server")->timeout(), 4500ms) << "so that the next answer is not late";
  EXPECT_EQ(requests.receive(1600ms, "server", sent->id).kind, AnswerKind::repeated);
}

TEST(Requests, ThatTimeOutTogetherBackOffTheirPeerOnce) {
  TestRequests requests({.tries = 2}, 1);
  for (int i = 0; i < 10; ++i) requests.ask(i * 10ms, "server");
  requests.ask(0s, "other");
  EXPECT_EQ(requests.advance(1s + 100ms).size(), 11U);
  EXPECT_EQ(requests.estimator("server")->timeout(), 2s);
  EXPECT_EQ(requests.estimator("other")->timeout(), 2s);
  requests.ask(2s, "server");
  EXPECT_EQ(requests.next_deadline(), 1s + 100ms + 2s);
}

TEST(Requests, AreBounded) {
  TestRequests requests({.id_bits = 8, .most_outstanding = 3, .most_remembered = 2, .most_peers = 2}, 1);
  std::vector<std::uint64_t> ids;
  for (int i = 0; i < 3; ++i) ids.push_back(requests.ask(i * 1ms, "peer " + std::to_string(i))->id);
  EXPECT_FALSE(requests.ask(3ms, "one more"));
  EXPECT_EQ(requests.estimator("peer 0"), nullptr) << "the one that was not used for longest";
  EXPECT_NE(requests.estimator("peer 2"), nullptr);
  for (int i = 0; i < 3; ++i) requests.receive(4ms, "peer " + std::to_string(i), ids[static_cast<std::size_t>(i)]);
  EXPECT_EQ(requests.receive(5ms, "peer 0", ids[0]).kind, AnswerKind::unknown) << "forgotten";
  EXPECT_EQ(requests.receive(5ms, "peer 2", ids[2]).kind, AnswerKind::repeated);
}

TEST(Requests, UseNoIdThatIsRemembered) {
  TestRequests requests({.tries = 1, .id_bits = 8, .most_outstanding = 60, .most_remembered = 60}, 1);
  std::vector<std::uint64_t> remembered;
  for (int i = 0; i < 2000; ++i) {
    const auto sent = requests.ask(i * 2s, "server");
    ASSERT_TRUE(sent);
    EXPECT_LT(sent->id, 256U);
    EXPECT_EQ(std::count(remembered.begin(), remembered.end(), sent->id), 0);
    remembered.push_back(sent->id);
    if (remembered.size() > 60) remembered.erase(remembered.begin());
    requests.receive(i * 2s + 1ms, "server", sent->id);
  }
}

TEST(Requests, RefuseWhenHalfOfTheIdsAreTaken) {
  TestRequests requests({.id_bits = 8}, 1);
  int asked = 0;
  while (requests.ask(0s, "server")) ++asked;
  EXPECT_EQ(asked, 128);
}

}  // namespace
}  // namespace wireproof::request
