// A member of a room in virtual time: what it says and shows, whom it lists, and for how long.

#include "mcast_chat/member.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <random>

namespace wireproof::mcast_chat {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Address at(std::string_view host, std::uint16_t port) { return parse_address(host)->with_port(port); }

const Address kAna = at("10.0.0.1", 40001);
const Address kBob = at("10.0.0.2", 40002);
const Address kEve = at("10.0.0.3", 40003);

/// A member whose effects stay in a test.
struct Room {
  explicit Room(unsigned keep_alive = 0, std::string name = "ana")
      : member({std::move(name), kAna, keep_alive}, {[this](std::string_view datagram) {
                                                       if (!error) sent.emplace_back(datagram);
                                                       return error;
                                                     },
                                                     [this](const std::string& line) { shown.push_back(line); },
                                                     [this](const std::string& remark) { told.push_back(remark); }}) {}

  std::vector<std::string> take_shown() { return std::exchange(shown, {}); }
  std::vector<std::string> take_sent() { return std::exchange(sent, {}); }

  std::vector<std::string> sent, shown, told;
  std::error_code error;
  Member member;
};

std::string said(const std::string& rest) { return "mcast-chat/1 " + rest + '\n'; }

TEST(Member, ShowsItsOwnMessagesOnce) {
  Room room;
  EXPECT_FALSE(room.member.join(0s));
  room.member.typed({"hello"}, 1s);
  EXPECT_FALSE(room.member.leave());
  EXPECT_THAT(room.shown, ElementsAre("* ana joined", "<ana> hello", "* ana left"));
  EXPECT_THAT(room.sent, ElementsAre(said("JOIN ana"), said("TEXT ana hello"), said("LEAVE ana")));
}

TEST(Member, IsNotToldWhatComesBackOfItsOwn) {
  Room room;
  room.member.join(0s);
  room.member.typed({"hello"}, 1s);
  room.take_shown();
  for (const auto& datagram : room.take_sent()) room.member.received(kAna, datagram, 1s);
  EXPECT_THAT(room.shown, IsEmpty());
  EXPECT_EQ(room.member.counts().own, 2U);
  EXPECT_EQ(room.member.counts().received, 0U);
}

TEST(Member, LeavesOnceAndIsSilentThen) {
  Room room(10);
  room.member.join(0s);
  room.member.leave();
  room.take_shown();
  room.take_sent();
  EXPECT_FALSE(room.member.leave());
  room.member.typed({"too late"}, 1s);
  room.member.received(kBob, said("TEXT bob hi"), 1s);
  room.member.advance(1000s);
  EXPECT_EQ(room.member.wake_at(), kNever);
  EXPECT_THAT(room.sent, IsEmpty());
  EXPECT_THAT(room.shown, IsEmpty());
}

TEST(Member, WithoutHavingJoinedThereIsNothingToLeave) {
  Room room;
  room.error = std::make_error_code(std::errc::network_unreachable);
  EXPECT_EQ(room.member.join(0s), room.error);
  room.error = {};
  EXPECT_FALSE(room.member.leave());
  EXPECT_THAT(room.sent, IsEmpty());
  EXPECT_THAT(room.shown, IsEmpty());
}

TEST(Member, ShowsWhatOthersDo) {
  Room room;
  room.member.join(0s);
  room.take_shown();
  room.member.received(kBob, said("JOIN bob"), 1s);
  room.member.received(kBob, said("JOIN bob"), 1s);  // the network doubled it
  room.member.received(kBob, said("TEXT bob hi \xE2\x80\xAE"), 2s);
  room.member.received(kEve, said("TEXT eve came before you"), 3s);
  room.member.received(kBob, said("LEAVE bob"), 4s);
  room.member.received(kBob, said("JOIN bob"), 5s);
  EXPECT_THAT(room.shown,
              ElementsAre("* bob joined", "<bob> hi \\u{202e}", "<eve> came before you", "* bob left", "* bob joined"));
  EXPECT_EQ(room.member.members(), "in the room: ana, eve, bob");
}

TEST(Member, ShowsPlainTextWithItsSource) {
  Room room;
  room.member.join(0s);
  room.take_shown();
  room.member.received(kBob, "bob: hello\n", 1s);
  room.member.received(at("fe80::2%lo", 5000), "<ana> two\nlines", 1s);
  EXPECT_THAT(room.shown, ElementsAre("[10.0.0.2:40002] bob: hello", "[[fe80::2%lo]:5000] <ana> two\\x0alines"));
  EXPECT_EQ(room.member.members(), "in the room: ana");
}

TEST(Member, TellsTwoOfOneNameApart) {
  Room room;
  room.member.join(0s);
  room.take_shown();
  room.member.received(kEve, said("TEXT ana I am ana"), 1s);
  room.member.received(kBob, said("JOIN bob"), 1s);
  room.member.received(at("10.0.0.2", 50000), said("JOIN bob"), 2s);  // started again, by its host
  room.member.received(kEve, said("JOIN bob"), 3s);
  room.member.received(kEve, said("LEAVE ana"), 4s);
  EXPECT_THAT(room.shown, ElementsAre("<ana@10.0.0.3> I am ana", "* bob joined", "* bob joined",
                                      "* bob@10.0.0.3 joined", "* ana@10.0.0.3 left"));
}

TEST(Member, CountsWhatItDrops) {
  Room room;
  room.member.join(0s);
  room.take_shown();
  for (const std::string& bad : {std::string(1025, 'x'), std::string("\x1b[2J"), said("JOIN"),
                                 std::string("mcast-chat/2 JOIN ana\n"), said("WAVE ana"), std::string()}) {
    room.member.received(kBob, bad, 1s);
  }
  room.member.received(kBob, said("TEXT bob still here"), 2s);
  EXPECT_THAT(room.shown, ElementsAre("<bob> still here"));
  EXPECT_EQ(room.member.counts().all_dropped(), 6U);
  EXPECT_EQ(room.member.summary(),
            "sent 1 datagram, received 1; dropped 6: 1 too long, 2 not text, 1 of another version, 1 of an unknown "
            "type, 1 malformed");
}

TEST(Member, TellsWhyALineIsNotSent) {
  Room room;
  room.member.join(0s);
  room.take_sent();
  room.member.typed({""}, 1s);
  EXPECT_THAT(room.told, IsEmpty());
  room.member.typed({std::string(longest_text("ana") + 1, 'x')}, 1s);
  room.member.typed({"a line cut", true}, 1s);
  room.member.typed({"\x1b[2J"}, 1s);
  room.member.typed({"\xE9t\xE9"}, 1s);
  room.error = std::make_error_code(std::errc::network_down);
  room.member.typed({"hello"}, 1s);
  EXPECT_THAT(room.sent, IsEmpty());
  EXPECT_THAT(room.take_shown(), ElementsAre("* ana joined"));
  ASSERT_EQ(room.told.size(), 5U);
  EXPECT_THAT(room.told[0], HasSubstr("it has 1002 bytes, a datagram has room for 1001: 'xxxx"));
  EXPECT_THAT(room.told[1], HasSubstr("longer than 1001 bytes: 'a line cut'"));
  EXPECT_THAT(room.told[2], HasSubstr("control character U+001B: '\\x1b[2J'"));
  EXPECT_THAT(room.told[3], HasSubstr("not UTF-8: '\\xe9t\\xe9'"));
  EXPECT_THAT(room.told[4], HasSubstr("Network is down: 'hello'"));
  EXPECT_THAT(room.member.summary(), HasSubstr("5 lines not sent"));
}

TEST(KeepAlive, IsOffUnlessAskedFor) {
  Room room;
  room.member.join(0s);
  room.member.received(kBob, said("JOIN bob"), 1s);
  EXPECT_EQ(room.member.wake_at(), kNever);
  room.member.advance(1000000s);
  EXPECT_THAT(room.shown, ElementsAre("* ana joined", "* bob joined"));
  EXPECT_THAT(room.sent, ElementsAre(said("JOIN ana")));
}

TEST(KeepAlive, IsSentWhenNothingElseIs) {
  Room room(10);
  room.member.join(100s);
  EXPECT_THAT(room.take_sent(), ElementsAre(said("JOIN ana 10")));
  EXPECT_EQ(room.member.wake_at(), 110s);
  room.member.advance(109s);
  EXPECT_THAT(room.sent, IsEmpty());
  room.member.typed({"hello"}, 109s);
  EXPECT_EQ(room.member.wake_at(), 119s);
  room.member.advance(119s);
  EXPECT_THAT(room.sent, ElementsAre(said("TEXT ana hello"), said("ALIVE ana 10")));
  EXPECT_EQ(room.member.wake_at(), 129s);
  room.take_sent();
  room.member.advance(1000s);  // the machine slept
  EXPECT_THAT(room.sent, ElementsAre(said("ALIVE ana 10")));
  EXPECT_THAT(room.shown, ElementsAre("* ana joined", "<ana> hello"));
}

TEST(KeepAlive, SilenceIsNoticedOfThoseWhoPromised) {
  Room room;
  room.member.join(0s);
  room.member.received(kBob, said("JOIN bob 10"), 0s);
  room.member.received(kEve, said("ALIVE eve 20"), 0s);
  room.take_shown();
  EXPECT_EQ(room.member.wake_at(), 30s);
  room.member.received(kBob, said("TEXT bob hi"), 25s);
  EXPECT_EQ(room.member.wake_at(), 55s);
  room.member.advance(54900ms);
  EXPECT_THAT(room.take_shown(), ElementsAre("<bob> hi"));
  room.member.advance(55s);
  room.member.advance(60s);
  EXPECT_THAT(room.take_shown(), ElementsAre("* bob has gone silent", "* eve has gone silent"));
  EXPECT_EQ(room.member.members(), "in the room: ana");
  room.member.received(kBob, said("ALIVE bob 10"), 70s);
  EXPECT_THAT(room.shown, ElementsAre("* bob is here"));
}

TEST(KeepAlive, AFailureIsToldOnce) {
  Room room(10);
  room.member.join(0s);
  room.error = std::make_error_code(std::errc::network_down);
  for (Time now = 10s; now < 50s; now += 10s) room.member.advance(now);
  EXPECT_THAT(room.told, ElementsAre(HasSubstr("Network is down")));
  EXPECT_EQ(room.member.wake_at(), 50s) << "it goes on trying";
}

TEST(Roster, ForgetsWhoWasNotHeardForLongest) {
  Roster roster(3);
  roster.add_self(kAna, "ana");
  roster.heard(kBob, "bob", 1s);
  roster.heard(kEve, "eve", 2s);
  roster.heard(kBob, "bob", 3s);
  EXPECT_TRUE(roster.heard(at("10.0.0.4", 1), "dan", 4s));
  EXPECT_THAT(roster.labels(), ElementsAre("ana", "bob", "dan"));
}

TEST(Member, ListsABoundedNumberOfMembers) {
  Room room(0, "me");
  room.member.join(0s);
  for (unsigned i = 0; i < 5000; ++i) {
    room.member.received(at(fmt::format("10.0.{}.{}", i / 250, i % 250), 1), said(fmt::format("JOIN n{} 1", i)),
                         i * 1ms);
  }
  EXPECT_LT(room.member.members().size(), 10000U);
  EXPECT_THAT(room.member.members(), HasSubstr("in the room: me, n4001, "));
  EXPECT_LT(room.member.wake_at(), 10s);
}

}  // namespace
}  // namespace wireproof::mcast_chat
