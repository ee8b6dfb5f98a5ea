// The probes to one address, step by step; whole runs are in simulation_test.cpp.

#include "rtt/record.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wireproof::rtt {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

Message reply(std::uint32_t sequence, std::uint32_t received, std::uint32_t since = 0, std::uint32_t memory = 1) {
  return {.type = Type::reply,
          .sequence = sequence,
          .received = received,
          .since = since,
          .memory = memory,
          .arrived = 500s,
          .answered = 500s};
}

/// A record with so many probes, one a second from 0 s on, and a time-out of 2 s.
Record with_probes(int count) {
  Record record(2s);
  for (int i = 0; i < count; ++i) record.sent({i * 1s});
  return record;
}

Arrival at(Time when) { return {.program = when}; }

TEST(Record, PairsAnswersWithTheirProbes) {
  Record record = with_probes(3);
  EXPECT_EQ(record.answered(1, at(1100ms)), AnswerKind::answer);
  EXPECT_EQ(record.answered(0, at(1200ms)), AnswerKind::answer);
  EXPECT_EQ(record.answered(3, at(1300ms)), AnswerKind::unknown);
  EXPECT_THAT(record.round_trips().best, ElementsAre(1200ms, 100ms, kNever));
  EXPECT_EQ(record.counts().received, 2U);
  EXPECT_EQ(record.counts().lost(), 1U);
}

TEST(Record, LateIsNotLost) {
  Record record = with_probes(2);
  EXPECT_EQ(record.answered(0, at(2s)), AnswerKind::answer) << "the time-out itself is in time";
  EXPECT_EQ(record.answered(1, at(3s + 1ns)), AnswerKind::late);
  EXPECT_EQ(record.counts().late, 1U);
  EXPECT_EQ(record.counts().lost(), 0U);
  EXPECT_THAT(record.round_trips().best, ElementsAre(2s, kNever)) << "undefined";
  EXPECT_EQ(record.round_trips().latest, 2s + 1ns);
}

TEST(Record, TellsDuplicatesOfBothDirectionsApart) {
  Record record = with_probes(1);
  record.answered(0, at(100ms), reply(0, 1));
  Message repeat = reply(0, 1);
  repeat.type = Type::repeat;
  EXPECT_EQ(record.answered(0, at(110ms), repeat), AnswerKind::duplicate);
  EXPECT_EQ(record.answered(0, at(120ms), reply(0, 1)), AnswerKind::duplicate);
  EXPECT_EQ(record.answered(0, at(130ms), reply(0, 1)), AnswerKind::duplicate);
  EXPECT_EQ(record.counts().duplicates_there, 1U);
  EXPECT_EQ(record.counts().duplicates_back, 2U);
  EXPECT_EQ(record.counts().received, 1U);
  EXPECT_THAT(record.round_trips().best, ElementsAre(100ms)) << "the first counts";
}

TEST(Record, ARepeatWhoseFirstReplyWasLostIsAnAnswer) {
  Record record = with_probes(1);
  Message repeat = reply(0, 1);
  repeat.type = Type::repeat;
  EXPECT_EQ(record.answered(0, at(100ms), repeat), AnswerKind::answer);
  EXPECT_EQ(record.counts().duplicates_there, 0U);
}

TEST(Record, SubtractsTheRespondersOwnTime) {
  Record record = with_probes(1);
  Message message = reply(0, 1);
  message.answered = message.arrived + 30ms;
  record.answered(0, at(100ms), message);
  EXPECT_THAT(record.round_trips().best, ElementsAre(70ms));
  EXPECT_THAT(record.round_trips().program, ElementsAre(70ms));
  EXPECT_THAT(record.round_trips().own, ElementsAre(30ms));
}

TEST(Record, BelievesNoOwnTimeThatCannotBe) {
  Record record = with_probes(3);
  Message longer = reply(0, 1);
  longer.answered = longer.arrived + 101ms;
  Message negative = reply(1, 2);
  negative.answered = negative.arrived - 1ns;
  Message absurd = reply(2, 3);
  absurd.arrived = Time::min();
  absurd.answered = Time::max();
  record.answered(0, at(100ms), longer);
  record.answered(1, at(1100ms), negative);
  record.answered(2, at(2100ms), absurd);
  EXPECT_THAT(record.round_trips().best, ElementsAre(100ms, 100ms, 100ms));
  EXPECT_EQ(record.counts().implausible, 3U);
  EXPECT_EQ(record.counts().own, 0U);
}

TEST(Record, MeasuresByTheKernelsStampsBesideTheProgramsOwn) {
  Record record(2s);
  record.sent({1s, 1s + 10us});
  record.sent({2s});
  record.departed(1, 2s + 20us);
  record.sent({3s});
  record.answered(0, {.program = 1s + 500us, .kernel = 1s + 400us});
  record.answered(1, {.program = 2s + 500us, .kernel = 2s + 400us});
  record.answered(2, {.program = 3s + 500us, .kernel = 3s + 400us});
  EXPECT_THAT(record.round_trips().best, ElementsAre(390us, 380us, 500us));
  EXPECT_THAT(record.round_trips().program, ElementsAre(500us, 500us, 500us));
  EXPECT_EQ(record.counts().unstamped, 1U);
}

TEST(Record, TakesTheKernelsOwnMeasure) {
  Record record = with_probes(1);
  record.answered(0, {.program = 200us, .kernel_round_trip = 150us});
  EXPECT_THAT(record.round_trips().best, ElementsAre(150us));
  EXPECT_EQ(record.counts().unstamped, 0U);
}

TEST(Record, BelievesNoStampsThatCannotBe) {
  Record record(2s);
  record.sent({1s, 1s - 1ns});  // gone before it was sent
  record.sent({2s, 2s + 10us});
  record.answered(0, {.program = 1s + 1ms, .kernel = 1s + 900us});
  record.answered(1, {.program = 2s + 1ms, .kernel = 2s});  // there before it had gone
  EXPECT_THAT(record.round_trips().best, ElementsAre(1ms, 1ms));
  EXPECT_EQ(record.counts().unstamped, 2U);
}

/// Sequences lost there, lost back and answered; what the responder says of them is worked out by hand.
TEST(Record, TellsLossesByDirection) {
  Record record = with_probes(8);
  record.answered(1, at(1s), reply(1, 1, 1));  // 0 was lost there
  record.answered(4, at(4s), reply(4, 3, 1));  // of 2 and 3 one came
  record.answered(6, at(6s), reply(6, 5, 1));  // 5 came; 7 is not known of
  const Losses losses = record.losses();
  EXPECT_EQ(losses.there, 2U);
  EXPECT_EQ(losses.back, 2U);
  EXPECT_EQ(losses.unknown, 1U);
}

TEST(Record, WhatCameLateToTheResponderWasNotLostThere) {
  Record record = with_probes(4);
  record.answered(1, at(1s), reply(1, 1, 1));
  EXPECT_EQ(record.losses().there, 1U);
  record.answered(2, at(2s), reply(2, 3, 0));  // 0 has come in between; its reply was lost
  EXPECT_EQ(record.losses().there, 0U);
  EXPECT_EQ(record.losses().back, 1U);
  EXPECT_EQ(record.losses().unknown, 1U) << "the last one";
}

TEST(Record, OvertakenRepliesDoNotUnmakeWhatIsKnown) {
  Record record = with_probes(3);
  record.answered(2, at(2s), reply(2, 3));
  record.answered(0, at(2s), reply(0, 1));
  EXPECT_EQ(record.losses().back, 1U);
  EXPECT_EQ(record.losses().there, 0U);
}

TEST(Record, LateAnswersWereNotLost) {
  Record record = with_probes(2);
  record.answered(1, at(1100ms), reply(1, 2));
  EXPECT_EQ(record.losses().back, 1U);
  EXPECT_EQ(record.answered(0, at(60s), reply(0, 1)), AnswerKind::late);
  EXPECT_EQ(record.losses().back, 0U);
}

TEST(Record, KnowsNothingOfProbesBetweenTwoMemories) {
  Record record = with_probes(10);
  record.answered(0, at(0s), reply(0, 1, 0, 77));
  record.answered(2, at(2s), reply(2, 2, 0, 77));  // 1 was lost there
  // 3 and 4: nobody knows. Of 5 to 8 one was lost there, and 6 back.
  record.answered(5, at(5s), reply(5, 1, 5, 88));
  record.answered(8, at(8s), reply(8, 3, 5, 88));
  record.answered(9, at(9s), reply(9, 4, 5, 88));
  const Losses losses = record.losses();
  EXPECT_EQ(losses.there, 2U);
  EXPECT_EQ(losses.back, 1U);
  EXPECT_EQ(losses.unknown, 2U);
}

TEST(Record, KnowsNoDirectionsOfAPeerThatEchoes) {
  Record record = with_probes(3);
  record.answered(2, at(2s), Message{.sequence = 2});
  EXPECT_EQ(record.losses().unknown, 2U);
  EXPECT_EQ(record.counts().own, 0U);
}

TEST(Record, BelievesNoNumbersThatCannotBe) {
  for (const Message& lie :
       {reply(2, 0), reply(2, 4), reply(2, ~0U), reply(2, 1, 3), reply(2, 1, ~0U), reply(2, 1, 0, 0)}) {
    Record record = with_probes(3);
    EXPECT_EQ(record.answered(2, at(2s), lie), AnswerKind::answer);
    EXPECT_EQ(record.counts().implausible, 1U);
    EXPECT_EQ(record.losses().unknown, 2U);
  }
}

TEST(Record, NeverTellsOfMoreLossesThanThereAre) {
  Record record = with_probes(6);
  for (std::uint32_t i = 0; i < 6; ++i) record.answered(i, at(i * 1s), reply(i, 1, i, i + 1));
  EXPECT_EQ(record.counts().lost(), 0U);
  const Losses losses = record.losses();
  EXPECT_EQ(losses.there + losses.back + losses.unknown, 0U);
}

TEST(Record, WithdrawnProbesWereNotSent) {
  Record record = with_probes(3);
  record.answered(0, at(100ms));
  record.withdraw(2);
  EXPECT_EQ(record.counts().sent, 2U);
  EXPECT_EQ(record.counts().lost(), 1U);
  EXPECT_THAT(record.round_trips().best, ElementsAre(100ms, kNever));
}

}  // namespace
}  // namespace wireproof::rtt
