#include "message/message_session.hpp"

#include <gmock/gmock.h>

#include <vector>

#include "message/datagram_service.hpp"

namespace wireproof::message {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class MessageSessionTest : public ::testing::Test {
 protected:
  MessageSession session(Framing framing, std::size_t longest_line = 1000) {
    return MessageSession({framing, longest_line}, tally_, sink_);
  }
  static std::string answer(MessageSession& session, std::string_view bytes) {
    std::string text;
    session.receive(bytes, text);
    return text;
  }
  Tally tally_;
  std::vector<std::string> heard_;
  MessageSink sink_ = [&](const Message& message) { heard_.push_back(described(message)); };
};

TEST_F(MessageSessionTest, AnswersWhatOneRecvReturnedWithSixteenBytes) {
  auto session = this->session(Framing::recv);
  session.meet("c");
  EXPECT_EQ(session.opening(), "") << "the client speaks first";
  EXPECT_EQ(answer(session, "hi"), "Message received");
  EXPECT_EQ(answer(session, "one\ntwo\n"), "Message received") << "joined by TCP: one message";
  EXPECT_FALSE(session.finished());
  EXPECT_THAT(heard_, ElementsAre("received 2 bytes from c: hi", "received 8 bytes from c: one\\x0atwo"));
  EXPECT_EQ(session.closing(), "") << "nothing is due after the client's FIN";
}

TEST_F(MessageSessionTest, EndIsAnsweredThenTheSessionIsOver) {
  for (const auto framing : {Framing::recv, Framing::line}) {
    auto session = this->session(framing);
    EXPECT_THAT(answer(session, "end\n"), ::testing::StartsWith("Message received"));
    EXPECT_TRUE(session.finished());
    EXPECT_EQ(answer(session, "more\n"), "");
    EXPECT_EQ(session.closing(), "");
  }
  EXPECT_EQ(heard_.size(), 2u);
}

TEST_F(MessageSessionTest, LinesAreMessagesHoweverTcpCutsThem) {
  const std::string text = "one\r\ntwo\n\nend\nnever\n";
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    auto session = this->session(Framing::line);
    heard_.clear();
    session.meet("c");
    std::string answers;
    for (std::size_t at = 0; at < text.size(); at += piece) {
      session.receive(std::string_view(text).substr(at, piece), answers);
    }
    EXPECT_EQ(answers, "Message received\nMessage received\nMessage received\nMessage received\n") << piece;
    EXPECT_TRUE(session.finished());
    EXPECT_THAT(heard_, ElementsAre("received 3 bytes from c: one", "received 3 bytes from c: two",
                                    "received 0 bytes from c: ", "received 3 bytes from c: end"));
  }
}

TEST_F(MessageSessionTest, ALastLineWithoutItsEndIsAnsweredAfterTheClientsFin) {
  auto session = this->session(Framing::line);
  EXPECT_EQ(answer(session, "one\ntw"), "Message received\n");
  EXPECT_EQ(session.closing(), "Message received\n");
  EXPECT_EQ(tally_.received, 2u);
}

TEST_F(MessageSessionTest, AMebibyteWithoutALineEndIsKeptToItsLimitAndCountedAsTruncated) {
  auto session = this->session(Framing::line, 50);
  session.meet("c");
  const std::string chunk(64 * 1024, 'x');
  for (int i = 0; i < 16; ++i) EXPECT_EQ(answer(session, chunk), "");
  EXPECT_EQ(answer(session, "\nshort\n"), "Message received\nMessage received\n");
  EXPECT_EQ(tally_.truncated, 1u);
  EXPECT_EQ(tally_.received, 2u);
  EXPECT_EQ(tally_.bytes, (1u << 20) + 7);
  EXPECT_THAT(heard_, ElementsAre("received 50 bytes of a longer line from c: " + std::string(50, 'x'),
                                  "received 5 bytes from c: short"));
}

TEST_F(MessageSessionTest, ALineThatOnlyBeginsWithEndDoesNotEndItThoughItWasCut) {
  auto session = this->session(Framing::line, 3);
  EXPECT_EQ(answer(session, "endless\n"), "Message received\n");
  EXPECT_FALSE(session.finished());
}

class DatagramServiceTest : public MessageSessionTest {
 protected:
  DatagramService service_{tally_, sink_};
};

TEST_F(DatagramServiceTest, CountsWholeAndTruncatedDatagramsAndClients) {
  service_.receive("a", "whole", 5);
  service_.receive("b", "", 0);
  service_.receive("a", "cut", 565);
  EXPECT_EQ(tally_.clients, 2u);
  EXPECT_EQ(tally_.received, 3u);
  EXPECT_EQ(tally_.truncated, 1u);
  EXPECT_EQ(tally_.bytes, 8u);
  EXPECT_EQ(service_.bytes_cut(), 562u);
  EXPECT_THAT(heard_, ElementsAre("received 5 bytes from a: whole",
                                  "received 0 bytes from b: ", "received 3 of 565 bytes from a: cut"));
}

TEST_F(DatagramServiceTest, ForgedAddressesDoNotFillTheMemory) {
  DatagramService service(tally_, [](const Message&) {});
  for (std::size_t i = 0; i < DatagramService::kMostClients; ++i) service.receive(std::to_string(i), "x", 1);
  service.receive("0", "x", 1);
  EXPECT_TRUE(service.knows_all_clients());
  for (int i = 0; i < 1000; ++i) service.receive("forged " + std::to_string(i), "x", 1);
  EXPECT_FALSE(service.knows_all_clients());
  EXPECT_EQ(tally_.clients, DatagramService::kMostClients);
  EXPECT_EQ(tally_.received, DatagramService::kMostClients + 1001);
  EXPECT_THAT(heard_, IsEmpty());
}

}  // namespace
}  // namespace wireproof::message
