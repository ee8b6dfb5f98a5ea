#include "message/message_client.hpp"

#include <gmock/gmock.h>

#include <vector>

namespace wireproof::message {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Optional;
using Step = MessageClient::Step;

class MessageClientTest : public ::testing::Test {
 protected:
  MessageClient client(ClientOptions options) {
    return {options, [&](std::string_view text) { shown_.emplace_back(text); },
            [&](const std::string& remark) { told_.push_back(remark); }};
  }
  /// What is sent at `now`, then told as sent.
  static std::string sends(MessageClient& client, Time now) {
    EXPECT_EQ(client.step(now), Step::send);
    const std::string message = client.message();
    client.sent(now);
    return message;
  }
  std::vector<std::string> shown_;
  std::vector<std::string> told_;
};

TEST_F(MessageClientTest, OneLineOneMessageOneAnswerThenTheNext) {
  auto client = this->client({});
  EXPECT_EQ(client.step(0s), Step::read_input);
  client.typed("hi\nthere\r\nhalf");
  EXPECT_EQ(sends(client, 0s), "hi");
  EXPECT_EQ(client.step(1s), Step::wait);
  EXPECT_EQ(client.wake_at(), kNever);
  client.answered("Message received", 1s);
  EXPECT_EQ(sends(client, 1s), "there");
  client.answered("Message received", 2s);
  EXPECT_EQ(client.step(2s), Step::read_input) << "the line is not complete";
  client.input_ended();
  EXPECT_EQ(sends(client, 3s), "half");
  client.answered("Message received", 3s);
  EXPECT_EQ(client.step(3s), Step::end_sending);
  client.sending_ended(3s);
  EXPECT_EQ(client.step(3s), Step::wait) << "for the server's FIN";
  client.peer_ended();
  EXPECT_EQ(client.step(4s), Step::finish);
  EXPECT_EQ(client.complaint(), std::nullopt);
  EXPECT_THAT(shown_, ElementsAre("Message received", "Message received", "Message received"));
  EXPECT_EQ(client.messages_sent(), 3u);
  EXPECT_EQ(client.bytes_sent(), 11u);
  EXPECT_EQ(client.unanswered(), 0u);
}

TEST_F(MessageClientTest, NothingIsSentAfterEnd) {
  auto client = this->client({});
  client.typed("end\nmore\n");
  EXPECT_EQ(sends(client, 0s), "end");
  client.answered("Message received", 0s);
  EXPECT_EQ(client.step(0s), Step::end_sending);
}

TEST_F(MessageClientTest, AServerThatLeavesBeforeItsAnswerIsComplainedAbout) {
  auto client = this->client({});
  client.typed("hi\n");
  sends(client, 0s);
  client.peer_ended();
  EXPECT_EQ(client.step(0s), Step::finish);
  EXPECT_THAT(client.complaint(), Optional(HasSubstr("before it answered")));
}

TEST_F(MessageClientTest, AServerThatLeavesWhileItIsTheClientsTurnIsComplainedAbout) {
  auto client = this->client({});
  EXPECT_EQ(client.step(0s), Step::read_input);
  client.peer_ended();
  EXPECT_EQ(client.step(0s), Step::finish);
  EXPECT_THAT(client.complaint(), Optional(std::string("closed the connection")));
}

TEST_F(MessageClientTest, PatienceEndsInAStream) {
  auto client = this->client({.patience = 2});
  client.typed("hi\n");
  sends(client, 10s);
  EXPECT_EQ(client.step(10s), Step::wait);
  EXPECT_EQ(client.wake_at(), 12s);
  EXPECT_EQ(client.step(12s), Step::finish);
  EXPECT_THAT(client.complaint(), Optional(std::string("no answer within 2 s")));
}

TEST_F(MessageClientTest, AnEmptyLineIsNoMessageInAStreamWithoutFraming) {
  auto client = this->client({});
  client.typed("\nhi\n");
  EXPECT_EQ(sends(client, 0s), "hi");
  EXPECT_THAT(told_, ElementsAre(HasSubstr("an empty message is no byte in a stream")));
}

TEST_F(MessageClientTest, WithLinesAnswersAreFoundHoweverTcpCutsThem) {
  auto client = this->client({.framing = Framing::line, .waits = false});
  client.typed("a\n\nb\n");
  client.input_ended();
  EXPECT_EQ(sends(client, 0s), "a\n");
  EXPECT_EQ(sends(client, 0s), "\n");
  EXPECT_EQ(sends(client, 0s), "b\n");
  EXPECT_EQ(client.step(0s), Step::end_sending);
  client.sending_ended(0s);
  client.answered("Message received\nMess", 0s);
  client.answered("age received\nMessage received", 0s);
  EXPECT_EQ(client.answers(), 2u);
  client.peer_ended();
  EXPECT_EQ(client.answers(), 3u);
  EXPECT_THAT(shown_, ElementsAre("Message received", "Message received", "Message received"));
}

TEST_F(MessageClientTest, ALostDatagramIsToldAndTheNextOneGoes) {
  auto client = this->client({.stream = false, .patience = 1});
  client.typed("one\ntwo\n");
  client.input_ended();
  EXPECT_EQ(sends(client, 0s), "one");
  EXPECT_EQ(client.step(500ms), Step::wait);
  EXPECT_EQ(sends(client, 1s), "two");
  EXPECT_THAT(told_, ElementsAre("no answer within 1 s"));
  client.answered("Message received", 1500ms);
  EXPECT_EQ(client.step(1500ms), Step::finish);
  EXPECT_EQ(client.unanswered(), 1u);
  EXPECT_EQ(client.complaint(), std::nullopt) << "losses are no failure";
}

TEST_F(MessageClientTest, NoAnswerAtAllIsAFailure) {
  auto client = this->client({.stream = false, .patience = 1});
  client.typed("one\n");
  client.input_ended();
  sends(client, 0s);
  EXPECT_EQ(client.step(1s), Step::finish);
  EXPECT_THAT(client.complaint(), Optional(std::string("no answer to any of 1 messages")));
}

TEST_F(MessageClientTest, EmptyDatagramsAreSent) {
  auto client = this->client({.stream = false, .patience = 1});
  client.typed("\n");
  EXPECT_EQ(sends(client, 0s), "");
  EXPECT_THAT(told_, IsEmpty());
}

TEST_F(MessageClientTest, ASeriesKeepsItsTimesAndWaitsForItsLastAnswers) {
  auto client =
      this->client({.stream = false, .waits = false, .patience = 1, .count = 3, .size = 12, .interval = 0.25});
  EXPECT_EQ(sends(client, 5s), "message 1 ..");
  EXPECT_EQ(client.step(5s), Step::wait);
  EXPECT_EQ(client.wake_at(), 5250ms);
  client.answered("Message received", 5100ms);
  EXPECT_EQ(client.step(5100ms), Step::wait);
  EXPECT_EQ(sends(client, 5600ms), "message 2 ..") << "late";
  EXPECT_EQ(sends(client, 5600ms), "message 3 ..") << "so this one is due, too";
  EXPECT_EQ(client.step(5600ms), Step::wait);
  client.answered("Message received", 6s);
  EXPECT_EQ(client.step(6900ms), Step::wait);
  EXPECT_EQ(client.step(7s), Step::finish);
  EXPECT_EQ(client.unanswered(), 1u);
}

TEST_F(MessageClientTest, AMessageThatCannotBeSentIsToldAndFailsInTheEnd) {
  auto client = this->client({.stream = false, .patience = 1, .count = 2, .size = 65507});
  EXPECT_EQ(client.step(0s), Step::send);
  client.not_sent("Message too long");
  EXPECT_EQ(client.step(0s), Step::send);
  client.not_sent("Message too long");
  EXPECT_EQ(client.step(0s), Step::finish);
  EXPECT_THAT(client.complaint(), Optional(std::string("2 of 2 messages could not be sent")));
  EXPECT_EQ(told_.size(), 2u);
}

TEST_F(MessageClientTest, AnEndlessLineAndAnEndlessAnswerAreCut) {
  auto client = this->client({.framing = Framing::line});
  const std::string chunk(64 * 1024, 'x');
  for (int i = 0; i < 17; ++i) {
    EXPECT_EQ(client.step(0s), Step::read_input);
    client.typed(chunk);
  }
  client.typed("\n");
  EXPECT_EQ(sends(client, 0s).size(), MessageClient::kLongestLine + 1);
  EXPECT_THAT(told_, ElementsAre(HasSubstr("a line longer than 1048576 bytes")));
  for (int i = 0; i < 17; ++i) client.answered(chunk, 0s);
  client.answered("\n", 0s);
  ASSERT_EQ(shown_.size(), 1u);
  EXPECT_EQ(shown_[0].size(), MessageClient::kLongestLine);
}

}  // namespace
}  // namespace wireproof::message
