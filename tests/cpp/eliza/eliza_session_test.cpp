#include "eliza/eliza_session.hpp"

#include <gmock/gmock.h>

#include "eliza/doctor.hpp"

namespace wireproof {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class ElizaTalk : public ::testing::Test {
 protected:
  std::string hears(std::string_view bytes) {
    std::string answer;
    session_.receive(bytes, answer);
    return answer;
  }

  eliza::Script script_ = eliza::parse_script(eliza::kDoctorScript);
  ElizaSession session_{script_, 0, 64};
};

TEST_F(ElizaTalk, GreetsFirst) { EXPECT_EQ(session_.opening(), script_.greeting + "\n"); }

TEST_F(ElizaTalk, AnswersEachLineWithALine) {
  EXPECT_EQ(hears("I am s"), "");
  EXPECT_THAT(hears("ad\r\n"), EndsWith("\n"));
  const std::string three = hears("one\ntwo\nthree\nfo");
  EXPECT_EQ(std::count(three.begin(), three.end(), '\n'), 3);
}

TEST_F(ElizaTalk, TheFarewellIsTheLastWord) {
  const std::string last = hears("bye\nare you there?\n");
  EXPECT_EQ(last, script_.farewell + "\n");
  EXPECT_TRUE(session_.finished());
}

TEST_F(ElizaTalk, AnUnfinishedLineIsAnsweredAtTheEndOfTheStream) {
  EXPECT_EQ(hears("I need coffee"), "");
  EXPECT_THAT(session_.closing(), HasSubstr("coffee"));
}

TEST_F(ElizaTalk, OverLongLinesGetAPoliteAnswerHoweverLongTheyAre) {
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(hears(std::string(1000, 'x')), "");
  EXPECT_THAT(hears("\n"), StartsWith(script_.too_long.answers[0].text));
}

TEST_F(ElizaTalk, NothingHostileComesBack) {
  std::string bytes = "I want ";
  for (int byte = 1; byte < 256; ++byte) {
    if (byte != '\n') bytes += static_cast<char>(byte);
    if (byte % 32 == 0) bytes += "\nI want ";
  }
  const std::string answer = hears(bytes + "\n");
  EXPECT_EQ(eliza::cleaned(answer).size(), answer.size());
  for (const char byte : answer) EXPECT_TRUE(static_cast<unsigned char>(byte) >= 0x20 || byte == '\n');
}

TEST_F(ElizaTalk, SessionsDoNotShareTheirTurns) {
  ElizaSession other(script_, 0, 64);
  std::string answer;
  const std::string first = hears("xyz\n");
  const std::string second = hears("xyz\n");
  other.receive("xyz\n", answer);
  EXPECT_NE(first, second);
  EXPECT_EQ(answer, first);
}

}  // namespace
}  // namespace wireproof
