// The datagrams, against the test vectors of their specification.

#include "daytime/daytime_message.hpp"

#include <gtest/gtest.h>

#include "../base/protocol_vectors.hpp"

namespace wireproof::daytime {
namespace {

using namespace std::chrono_literals;

constexpr Time kNow = std::chrono::seconds(1'796'040'000);  // 2026-11-30 12:00:00
const auto kVectors = testing::protocol_vectors(WIREPROOF_PROTOCOLS "/daytime.md");

TEST(DaytimeMessage, QuestionIsAsSpecified) {
  const auto& bytes = kVectors.at("question");
  EXPECT_EQ(encode(Question{0x0123456789ABCDEF, "Asia/Kathmandu"}), bytes);
  EXPECT_EQ(form_of(bytes), Form::question);
  const auto question = decode_question(bytes);
  ASSERT_TRUE(question);
  EXPECT_EQ(question->zone, "Asia/Kathmandu");
  EXPECT_EQ(question->moment, std::nullopt);
  EXPECT_EQ(id_of(bytes), 0x0123456789ABCDEFU);
}

TEST(DaytimeMessage, QuestionForAMomentIsAsSpecified) {
  const auto& bytes = kVectors.at("moment");
  const Time moment = std::chrono::seconds(1'774'746'000);
  EXPECT_EQ(encode(Question{7, "Europe/Madrid", moment}), bytes);
  EXPECT_EQ(decode_question(bytes)->moment, moment);
}

TEST(DaytimeMessage, AnswerIsAsSpecified) {
  const auto& bytes = kVectors.at("answer");
  const Answer answer{.status = Status::known,
                      .id = 0x0123456789ABCDEF,
                      .moment = kNow,
                      .local = {2026, 11, 30, 17, 45, 0, 1, 20700, false, "+0545"},
                      .quality = {clock_sync::Leap::none, 3, 2ms, 1500us},
                      .zone = "Asia/Kathmandu",
                      .text = "Mon Nov 30 17:45:00 2026"};
  EXPECT_EQ(encode(answer), bytes);
  EXPECT_EQ(form_of(bytes), Form::own_answer);
  const auto found = decode_answer(bytes);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->local, answer.local);
  EXPECT_EQ(found->id, answer.id);
  EXPECT_EQ(found->moment, kNow);
  EXPECT_EQ(found->zone, answer.zone);
  EXPECT_EQ(found->text, answer.text);
  EXPECT_TRUE(found->quality.is_synchronised());
  EXPECT_EQ(found->quality.stratum, 3);
  EXPECT_EQ(found->quality.bound, 2ms);
  EXPECT_EQ(found->quality.offset, 1500us);
}

TEST(DaytimeMessage, AnswerForAnUnknownZoneIsAsSpecified) {
  const auto& bytes = kVectors.at("unknown");
  const Answer answer{.status = Status::unknown_zone,
                      .id = 7,
                      .moment = kNow,
                      .local = {},
                      .quality = {},
                      .zone = "Mars/Phobos",
                      .text = "not sent"};
  EXPECT_EQ(encode(answer), bytes);
  const auto found = decode_answer(bytes);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->status, Status::unknown_zone);
  EXPECT_FALSE(found->quality.is_synchronised());
}

/// All octets that a question must have are looked at, and its length.
TEST(DaytimeMessage, IsExactlyAQuestionOrAnotherForm) {
  const auto& right = kVectors.at("question");
  for (std::size_t i = 0; i < right.size(); ++i) {
    auto wrong = right;
    wrong[i] ^= 0x40;
    const bool is_free = (i >= 8 && i < 16) || (i >= 64 && i < 64 + 14 + 1);  // id; another name, or one octet more
    EXPECT_EQ(form_of(wrong), i < 4 ? Form::other : is_free ? Form::question : Form::strange_question) << "octet " << i;
    EXPECT_EQ(form_of({right.data(), i}), Form::other) << i << " octets";
  }
  auto longer = right;
  longer.push_back(0);
  EXPECT_EQ(form_of(longer), Form::other);
}

TEST(DaytimeMessage, RefusesAnswersThatCannotBe) {
  const auto& right = kVectors.at("answer");
  const auto with = [&](std::size_t octet, std::uint8_t value) {
    auto bytes = right;
    bytes[octet] = value;
    return decode_answer(bytes).has_value();
  };
  EXPECT_TRUE(with(30, 60)) << "a leap second";
  EXPECT_FALSE(with(30, 61));
  EXPECT_FALSE(with(26, 13));
  EXPECT_FALSE(with(26, 0));
  EXPECT_FALSE(with(27, 32));
  EXPECT_FALSE(with(28, 24));
  EXPECT_FALSE(with(31, 8));
  EXPECT_FALSE(with(32, 0x7F)) << "decades east of UTC";
  EXPECT_FALSE(with(53, 3)) << "synchronised, and not";
  EXPECT_FALSE(with(7, 4));
  EXPECT_FALSE(with(6, 3));
  EXPECT_FALSE(with(127, 'x')) << "something behind the end of a text";
}

TEST(DaytimeMessage, CutsTextsThatDoNotFit) {
  Answer answer{
      .status = Status::known, .id = 1, .moment = kNow, .local = {}, .quality = {}, .zone = "UTC", .text = {}};
  answer.text = std::string(63, 'a') + "é";
  const auto bytes = encode(answer);
  EXPECT_EQ(bytes.size(), kLength);
  EXPECT_EQ(decode_answer(bytes)->text, std::string(63, 'a')) << "no half of a character";
}

}  // namespace
}  // namespace wireproof::daytime
