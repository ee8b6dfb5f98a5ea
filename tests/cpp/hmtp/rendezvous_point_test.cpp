// The rendezvous point alone, with the sheet's three minutes.

#include <gmock/gmock.h>

#include "hmtp/message.hpp"
#include "hmtp/rendezvous_point.hpp"

namespace wireproof::hmtp {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using What = RendezvousEvent::What;

const Endpoint kAda = Endpoint::v4(0x0A000001, 10000);
const Endpoint kBob = Endpoint::v4(0x0A000002, 10000);

class RendezvousPointTest : public ::testing::Test, public RendezvousSurroundings {
 protected:
  void send(const Endpoint& to, std::string_view datagram) override {
    receiver = to;
    answer = datagram;
  }
  void tell(const RendezvousEvent& event) override { told.push_back(event.what); }

  std::string ask(Time now, const Endpoint& from, std::string_view datagram) {
    answer = "nothing";
    point.receive(now, from, datagram);
    EXPECT_TRUE(answer == "nothing" || receiver == from);
    return answer;
  }

  RendezvousPoint point{{}, *this};
  Endpoint receiver;
  std::string answer;
  std::vector<What> told;
};

TEST_F(RendezvousPointTest, ARegistrationEndsThreeMinutesAfterTheLastRreg) {
  EXPECT_EQ(ask(0s, kBob, "ROOT\n"), "TOOR\n");
  EXPECT_EQ(ask(0s, kAda, "RREG\n"), "YREG\n");
  EXPECT_EQ(ask(119s, kAda, "RREG\n"), "YREG\n");
  EXPECT_EQ(point.next_deadline(), 299s);
  EXPECT_EQ(ask(299s - 1ns, kBob, "ROOT\n"), "TOOR\n10.0.0.1 10000");
  EXPECT_EQ(ask(299s - 1ns, kBob, "RREG\n"), "NREG\n");
  point.advance(299s);
  EXPECT_EQ(ask(299s, kBob, "ROOT\n"), "TOOR\n");
  EXPECT_EQ(ask(299s, kBob, "RREG\n"), "YREG\n");
  EXPECT_EQ(point.root(), kBob);
  EXPECT_THAT(told, ElementsAre(What::registered, What::refreshed, What::refused, What::expired, What::registered));
}

TEST_F(RendezvousPointTest, ALateTimerDoesNotKeepARegistration) {
  ask(0s, kAda, "RREG\n");
  EXPECT_EQ(ask(180s, kBob, "RREG\n"), "YREG\n");
}

TEST_F(RendezvousPointTest, OnlyTheRootItselfCanLeave) {
  ask(0s, kAda, "RREG\n");
  EXPECT_EQ(ask(1s, kBob, "LEAV\n"), "nothing");
  EXPECT_EQ(point.root(), kAda);
  EXPECT_EQ(ask(1s, kAda, "LEAV\n"), "nothing");
  EXPECT_FALSE(point.root().is_set());
  EXPECT_EQ(point.next_deadline(), kNever);
  EXPECT_EQ(point.counters().unexpected, 1U);
}

TEST_F(RendezvousPointTest, ThePlainOneKnowsNoGoodBye) {
  RendezvousPoint plain({.extensions = false}, *this);
  plain.receive(0s, kAda, "RREG\n");
  plain.receive(1s, kAda, "LEAV\n");
  EXPECT_EQ(plain.root(), kAda);
}

TEST_F(RendezvousPointTest, ARestoredRootStaysUntilItsTimeIsOver) {
  point.restore(kAda, 60s);
  EXPECT_EQ(ask(1s, kBob, "RREG\n"), "NREG\n");
  EXPECT_EQ(ask(60s, kBob, "RREG\n"), "YREG\n");
}

TEST_F(RendezvousPointTest, WhatIsNotForItIsCountedAndNotAnswered) {
  for (const std::string_view datagram : {"", "ROO", "root\n", "YREG\n", "TOOR\n", "RJOI\n", "DATA\nx", "WHAT\n"}) {
    EXPECT_EQ(ask(0s, kAda, datagram), "nothing") << datagram;
  }
  EXPECT_EQ(point.counters().malformed, 3U);
  EXPECT_EQ(point.counters().unexpected, 4U);
  EXPECT_EQ(point.counters().unknown, 1U);
  EXPECT_EQ(ask(0s, kAda, "ROOT\nwhatever a body may say"), "TOOR\n");
  EXPECT_EQ(ask(0s, kAda, "RREG\nwhatever"), "YREG\n");
}

}  // namespace
}  // namespace wireproof::hmtp
