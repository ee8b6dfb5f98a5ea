// Which datagram a reply belongs to, in virtual time.

#include "echo/reply_pairing.hpp"

#include <gtest/gtest.h>

#include <string>

namespace wireproof::testing {
namespace {

using namespace std::chrono_literals;

/// Kind, number and time of what came.
void expect(const Reply& reply, ReplyKind kind, std::uint64_t number, Time after = 0s) {
  EXPECT_EQ(reply.kind, kind);
  EXPECT_EQ(reply.number, number);
  EXPECT_EQ(reply.after, after);
}

/// Sends, and gives up a second later.
void lose(ReplyPairing& pairing, Time now, std::string_view bytes) {
  const auto number = pairing.sent(now, bytes);
  EXPECT_TRUE(pairing.waits());
  EXPECT_EQ(pairing.deadline(), now + 1s);
  EXPECT_FALSE(pairing.advance(now + 1s - 1ns));
  EXPECT_EQ(pairing.advance(now + 1s), number);
  EXPECT_FALSE(pairing.advance(now + 2s)) << "once";
  EXPECT_FALSE(pairing.waits());
}

TEST(ReplyPairing, AReplyInTimeIsTheAnswer) {
  ReplyPairing pairing(1s);
  EXPECT_FALSE(pairing.waits());
  EXPECT_EQ(pairing.deadline(), kNever);
  EXPECT_EQ(pairing.sent(5s, "hola"), 1U);
  expect(pairing.received(5s + 30ms, "hola"), ReplyKind::answer, 1, 30ms);
  EXPECT_FALSE(pairing.waits());
  EXPECT_EQ(pairing.deadline(), kNever);
  EXPECT_EQ(counts_sentence(pairing.counts()), "1 datagram sent: 1 answered in time");
}

TEST(ReplyPairing, OneThatComesAfterItsTimeIsLateAndTheNextOneWaitsOn) {
  ReplyPairing pairing(1s);
  lose(pairing, 0s, "one");
  EXPECT_EQ(pairing.counts().lost(), 1U);
  pairing.sent(1s, "two");
  expect(pairing.received(1200ms, "one"), ReplyKind::late, 1, 1200ms);
  EXPECT_TRUE(pairing.waits());
  expect(pairing.received(1300ms, "two"), ReplyKind::answer, 2, 300ms);
  EXPECT_EQ(counts_sentence(pairing.counts()), "2 datagrams sent: 1 answered in time, 1 late");
}

TEST(ReplyPairing, ASecondReplyIsDoubledWhetherTheFirstWasInTimeOrLate) {
  ReplyPairing pairing(1s);
  pairing.sent(0s, "one");
  pairing.received(1ms, "one");
  expect(pairing.received(2ms, "one"), ReplyKind::doubled, 1, 2ms);
  lose(pairing, 10s, "two");
  expect(pairing.received(12s, "two"), ReplyKind::late, 2, 2s);
  expect(pairing.received(13s, "two"), ReplyKind::doubled, 2, 3s);
  EXPECT_EQ(counts_sentence(pairing.counts()), "2 datagrams sent: 1 answered in time, 1 late; 2 replies came twice");
}

TEST(ReplyPairing, WhatNoReplyComesToIsLost) {
  ReplyPairing pairing(1s);
  lose(pairing, 0s, "one");
  lose(pairing, 1s, "two");
  EXPECT_EQ(counts_sentence(pairing.counts()), "2 datagrams sent: 0 answered in time, 2 lost");
}

TEST(ReplyPairing, BytesThatNobodySentAreNoReply) {
  ReplyPairing pairing(1s);
  expect(pairing.received(0s, "early"), ReplyKind::unknown, 0);
  pairing.sent(0s, "hola");
  for (const char* const other : {"", "hol", "holas", "HOLA"}) {
    expect(pairing.received(1ms, other), ReplyKind::unknown, 0);
  }
  EXPECT_TRUE(pairing.waits());
  EXPECT_EQ(pairing.counts().unknown, 5U);
}

TEST(ReplyPairing, AnEmptyDatagramHasItsReplyToo) {
  ReplyPairing pairing(1s);
  pairing.sent(0s, "");
  expect(pairing.received(1ms, ""), ReplyKind::answer, 1, 1ms);
  expect(pairing.received(2ms, ""), ReplyKind::doubled, 1, 2ms);
}

TEST(ReplyPairing, OfEqualDatagramsTheOneThatWaitsIsAnsweredFirst) {
  ReplyPairing pairing(1s);
  lose(pairing, 0s, "again");
  pairing.sent(1s, "again");
  expect(pairing.received(1100ms, "again"), ReplyKind::answer, 2, 100ms);
  expect(pairing.received(1200ms, "again"), ReplyKind::late, 1, 1200ms);
  expect(pairing.received(1300ms, "again"), ReplyKind::doubled, 2, 300ms);
  EXPECT_EQ(pairing.counts().lost(), 0U);
}

TEST(ReplyPairing, ARefusalIsOfTheOneThatWaitsOrElseOfTheLastWithoutAReply) {
  ReplyPairing pairing(1s);
  EXPECT_FALSE(pairing.refused());
  lose(pairing, 0s, "one");
  EXPECT_EQ(pairing.sent(1s, "two"), 2U);
  EXPECT_EQ(pairing.refused(), 2U);
  EXPECT_FALSE(pairing.waits());
  EXPECT_EQ(pairing.refused(), 1U);
  EXPECT_FALSE(pairing.refused());
  pairing.sent(2s, "three");
  pairing.received(2s, "three");
  EXPECT_FALSE(pairing.refused());
  EXPECT_EQ(counts_sentence(pairing.counts()), "3 datagrams sent: 1 answered in time, 2 refused");
}

TEST(ReplyPairing, OneThatWasTakenForRefusedCanStillHaveItsReply) {
  ReplyPairing pairing(1s);
  pairing.sent(0s, "one");
  pairing.refused();
  expect(pairing.received(2s, "one"), ReplyKind::late, 1, 2s);
  EXPECT_EQ(counts_sentence(pairing.counts()), "1 datagram sent: 0 answered in time, 1 late");
}

TEST(ReplyPairing, WithoutATimeOutItWaitsForEver) {
  ReplyPairing pairing(kNever);
  pairing.sent(1s, "one");
  EXPECT_EQ(pairing.deadline(), kNever);
  EXPECT_FALSE(pairing.advance(1000h));
}

TEST(ReplyPairing, RemembersTheLastOnesOnly) {
  ReplyPairing many(1s);
  Time now{0};
  for (std::size_t i = 0; i <= ReplyPairing::kMostRemembered; ++i, now += 1s) lose(many, now, std::to_string(i));
  expect(many.received(now, "0"), ReplyKind::unknown, 0);
  expect(many.received(now, "1"), ReplyKind::late, 2, now - 1s);

  ReplyPairing large(1s);
  const std::string bytes(65'507, 'x');
  const std::size_t fit = ReplyPairing::kMostBytes / bytes.size();
  now = 0s;
  for (std::size_t i = 0; i <= fit; ++i, now += 1s) lose(large, now, bytes);
  for (std::size_t i = 0; i < fit; ++i) EXPECT_EQ(large.received(now, bytes).kind, ReplyKind::late);
  EXPECT_EQ(large.received(now, bytes).kind, ReplyKind::doubled);
  EXPECT_EQ(large.counts().lost(), 1U);
}

}  // namespace
}  // namespace wireproof::testing
