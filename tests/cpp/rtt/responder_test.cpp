// What a responder answers and remembers.

#include "rtt/responder.hpp"

#include <gtest/gtest.h>

namespace wireproof::rtt {
namespace {

using namespace std::chrono_literals;

const Address kProber = Address::v4(0x0A000001, 40000);

Message probe(std::uint32_t sequence, std::uint64_t session = 9) {
  return {.length = 64, .session = session, .sequence = sequence};
}

Message reply_to(Responder& responder, const Message& message, const Address& from = kProber) {
  return responder.receive(from, message, 5s).value();
}

TEST(Responder, RepliesWithWhatWasAskedAndWhatItKnows) {
  Responder responder(1);
  const Message reply = reply_to(responder, probe(0));
  EXPECT_EQ(reply.type, Type::reply);
  EXPECT_EQ(reply.length, 64U) << "never more than was sent to it";
  EXPECT_EQ(reply.session, 9U);
  EXPECT_EQ(reply.sequence, 0U);
  EXPECT_EQ(reply.received, 1U);
  EXPECT_EQ(reply.since, 0U);
  EXPECT_NE(reply.memory, 0U);
  EXPECT_EQ(reply.arrived, 5s);
}

TEST(Responder, AnswersNoReplies) {
  Responder responder(1);
  EXPECT_FALSE(responder.receive(kProber, reply_to(responder, probe(0)), 5s));
  EXPECT_FALSE(responder.receive(kProber, {.type = Type::repeat}, 5s));
  EXPECT_EQ(responder.counts().replies, 2U);
  EXPECT_EQ(responder.counts().probes, 1U);
}

TEST(Responder, CountsWhatComesOnceEach) {
  Responder responder(1);
  EXPECT_EQ(reply_to(responder, probe(4)).received, 1U);
  EXPECT_EQ(reply_to(responder, probe(6)).received, 2U);
  const Message again = reply_to(responder, probe(4));
  EXPECT_EQ(again.type, Type::repeat);
  EXPECT_EQ(again.received, 2U);
  EXPECT_EQ(again.since, 4U);
  const Message overtaken = reply_to(responder, probe(2));
  EXPECT_EQ(overtaken.type, Type::reply);
  EXPECT_EQ(overtaken.received, 3U);
  EXPECT_EQ(overtaken.since, 2U);
  EXPECT_EQ(responder.counts().repeats, 1U);
}

TEST(Responder, RemembersThe1024LastSequences) {
  Responder responder(1);
  reply_to(responder, probe(0));
  EXPECT_EQ(reply_to(responder, probe(1023)).received, 2U);
  EXPECT_EQ(reply_to(responder, probe(0)).type, Type::repeat);
  EXPECT_EQ(reply_to(responder, probe(1)).type, Type::reply);
  reply_to(responder, probe(5000));
  EXPECT_EQ(reply_to(responder, probe(3977)).type, Type::reply);
  EXPECT_EQ(reply_to(responder, probe(3976)).type, Type::repeat) << "too old to be known";
  EXPECT_EQ(reply_to(responder, probe(0xFFFFFFFF)).type, Type::reply);
  EXPECT_EQ(reply_to(responder, probe(0xFFFFFFFF)).type, Type::repeat);
}

TEST(Responder, TellsSessionsApartByTheirSources) {
  Responder responder(1);
  const Message first = reply_to(responder, probe(0));
  EXPECT_EQ(reply_to(responder, probe(0, 10)).received, 1U);
  EXPECT_EQ(reply_to(responder, probe(0), kProber.with_port(1)).received, 1U);
  EXPECT_EQ(reply_to(responder, probe(1)).memory, first.memory);
  EXPECT_EQ(responder.counts().sessions, 3U);
}

TEST(Responder, ForgetsWhomItHasNotHeardOfForLongest) {
  Responder responder(1, 2);
  const Message first = reply_to(responder, probe(0, 1));
  reply_to(responder, probe(0, 2));
  EXPECT_EQ(reply_to(responder, probe(1, 1)).memory, first.memory);
  reply_to(responder, probe(0, 3));  // in the place of 2
  EXPECT_EQ(reply_to(responder, probe(2, 1)).received, 3U);
  const Message anew = reply_to(responder, probe(1, 2));
  EXPECT_EQ(anew.received, 1U);
  EXPECT_EQ(anew.since, 1U);
  EXPECT_EQ(responder.counts().forgotten, 2U);
}

}  // namespace
}  // namespace wireproof::rtt
