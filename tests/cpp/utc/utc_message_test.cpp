// The datagrams, against the test vectors of their specification; and what the server answers.

#include "utc/utc_message.hpp"

#include <gtest/gtest.h>

#include "../base/protocol_vectors.hpp"
#include "utc/utc_server.hpp"

namespace wireproof::utc {
namespace {

using namespace std::chrono_literals;
using clock_sync::Leap;

constexpr Time kAsked = std::chrono::seconds(1'796'040'000) + 1ns;  // 2026-11-30 12:00:00.000000001
const auto kVectors = testing::protocol_vectors(WIREPROOF_PROTOCOLS "/utc.md");

TEST(UtcMessage, QuestionIsAsSpecified) {
  const auto& bytes = kVectors.at("question");
  EXPECT_EQ(encode(Question{0x0123456789ABCDEF, kAsked}), bytes);
  const auto question = decode_question(bytes);
  ASSERT_TRUE(question);
  EXPECT_EQ(question->id, 0x0123456789ABCDEFU);
  EXPECT_EQ(question->asked, kAsked);
  EXPECT_FALSE(decode_answer(bytes));
}

TEST(UtcMessage, AnswerIsAsSpecified) {
  const auto& bytes = kVectors.at("answer");
  const Time received = kAsked + 3500ms + 10ms;
  EXPECT_EQ(encode({.received = received,
                    .answered = received + 25us,
                    .leap = Leap::none,
                    .stratum = 3,
                    .instance = 0xCAFEF00D,
                    .bound = 2ms},
                   {0x0123456789ABCDEF, kAsked}),
            bytes);
  const auto answer = decode_answer(bytes);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->id, 0x0123456789ABCDEFU);
  EXPECT_EQ(answer->received, received);
  EXPECT_EQ(answer->answered, received + 25us);
  EXPECT_EQ(answer->instance, 0xCAFEF00DU);
  EXPECT_EQ(answer->bound, 2ms);
  EXPECT_TRUE(answer->is_synchronised());
  EXPECT_FALSE(decode_question(bytes));
}

TEST(UtcMessage, KnowsNoEdgeIn2106) {
  const auto answer = decode_answer(kVectors.at("unsynchronised"));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->received, std::chrono::seconds(4'294'967'296) + 1ns);
  EXPECT_EQ(answer->bound, Time::max());
  EXPECT_FALSE(answer->is_synchronised());
}

/// Every octet of a question but id and T1 is checked, and its length.
TEST(UtcMessage, IsExactlyAQuestionOrNone) {
  const auto& right = kVectors.at("question");
  for (std::size_t i = 0; i < right.size(); ++i) {
    auto wrong = right;
    wrong[i] ^= 0x40;
    EXPECT_EQ(decode_question(wrong).has_value(), i >= 8 && i < 24) << "octet " << i;
    EXPECT_FALSE(decode_question({right.data(), i})) << i << " octets";
  }
  auto longer = right;
  longer.push_back(0);
  EXPECT_FALSE(decode_question(longer));
}

TEST(UtcServer, AnswersQuestionsByItsClockAndNothingElse) {
  const SoftwareClock clock(0s, kAsked);
  UtcServer server(clock, 7);
  const auto& question = kVectors.at("question");
  const auto bytes = server.answer(5s, 4s, question, {Leap::none, 2, 1ms, 0s});
  ASSERT_TRUE(bytes);
  EXPECT_EQ(bytes->size(), question.size());
  const auto answer = decode_answer(*bytes);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->received, kAsked + 4s);
  EXPECT_EQ(answer->answered, kAsked + 5s);
  EXPECT_EQ(answer->instance, 7U);
  EXPECT_EQ(answer->stratum, 2);
  EXPECT_FALSE(server.answer(6s, 6s, *bytes, {})) << "an answer is not answered";
  EXPECT_FALSE(server.answer(6s, 6s, {}, {}));
  EXPECT_FALSE(decode_answer(*server.answer(6s, 6s, question, {}))->is_synchronised());
  EXPECT_EQ(server.answered(), 2U);
  EXPECT_EQ(server.ignored(), 2U);
}

}  // namespace
}  // namespace wireproof::utc
