#include "serving/dialogue.hpp"

#include <gtest/gtest.h>

namespace wireproof {
namespace {

using Step = Dialogue::Step;

/// Says "hi", answers with what came, ends after "bye", and says "ciao" to who ends first.
class Talk : public Session {
 public:
  std::string opening() override { return "hi"; }
  void receive(std::string_view bytes, std::string& answer) override {
    answer += bytes;
    finished_ = bytes == "bye";
  }
  std::string closing() override { return "ciao"; }
  bool finished() const override { return finished_; }

 private:
  bool finished_ = false;
};

class DialogueTest : public ::testing::Test {
 protected:
  void send_all(Dialogue& dialogue) {
    ASSERT_EQ(dialogue.step(), Step::send);
    dialogue.sent(dialogue.unsent().size());
  }
  Talk talk_;
};

TEST_F(DialogueTest, SpeaksFirstAndReceivesNothingBeforeAllIsSent) {
  Dialogue dialogue(talk_);
  EXPECT_EQ(dialogue.step(), Step::send);
  EXPECT_EQ(dialogue.unsent(), "hi");
  dialogue.sent(1);
  EXPECT_EQ(dialogue.step(), Step::send);
  EXPECT_EQ(dialogue.unsent(), "i");
  dialogue.sent(1);
  EXPECT_EQ(dialogue.step(), Step::receive);
  dialogue.received("abc");
  EXPECT_EQ(dialogue.unsent(), "abc");
  EXPECT_EQ(dialogue.step(), Step::send);
  EXPECT_EQ(dialogue.bytes_received(), 3u);
}

TEST_F(DialogueTest, ThePeersEndIsAnsweredThenTheConnectionCloses) {
  Dialogue dialogue(talk_);
  send_all(dialogue);
  dialogue.peer_ended();
  EXPECT_EQ(dialogue.unsent(), "ciao");
  send_all(dialogue);
  EXPECT_EQ(dialogue.step(), Step::close);
}

TEST_F(DialogueTest, ItsFinCanWaitUntilAllIsAcknowledged) {
  Dialogue dialogue(talk_, true);
  send_all(dialogue);
  dialogue.peer_ended();
  send_all(dialogue);
  EXPECT_EQ(dialogue.step(), Step::settle);
  dialogue.settled();
  EXPECT_EQ(dialogue.step(), Step::close);
}

TEST_F(DialogueTest, AfterTheServicesOwnEndWhatComesIsThrownAwayUntilThePeersEnd) {
  Dialogue dialogue(talk_);
  send_all(dialogue);
  dialogue.received("bye");
  send_all(dialogue);
  EXPECT_EQ(dialogue.step(), Step::discard);
  dialogue.peer_ended();
  EXPECT_EQ(dialogue.unsent(), "") << "nothing can be sent after our FIN";
  EXPECT_EQ(dialogue.step(), Step::close);
}

}  // namespace
}  // namespace wireproof
