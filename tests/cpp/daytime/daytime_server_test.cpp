// What the server answers to whom.

#include "daytime/daytime_server.hpp"

#include <gtest/gtest.h>

#include "daytime/date_format.hpp"
#include "daytime/zones.hpp"

namespace wireproof::daytime {
namespace {

using namespace std::chrono_literals;

constexpr Time kNoon = std::chrono::seconds(1'796'040'000);  // 2026-11-30 12:00:00
const Address kClient = Address::v4(0x0A000001, 40000);

class Server : public ::testing::Test {
 protected:
  DateFormat format_{"POSIX"};
  DaytimeServer server_{{.zone = "America/Argentina/Buenos_Aires", .port = 1300},
                        {local_time, [this](const LocalTime& time) { return format_.text(time, "%c"); },
                         [this](const LocalTime& time) { return format_.text(time, "%A, %B %d, %Y %H:%M:%S-%Z"); }},
                        1};

  std::optional<std::vector<std::uint8_t>> ask(Bytes datagram, const Address& from = kClient,
                                               SoftwareClock::Reading clock = {kNoon}) {
    return server_.answer({5s, clock, {clock_sync::Leap::none, 2, 1ms, 2ms}}, from, datagram);
  }
  std::string plain(std::string_view datagram, const Address& from = kClient) {
    const auto reply = ask({reinterpret_cast<const std::uint8_t*>(datagram.data()), datagram.size()}, from);
    return reply ? std::string(reply->begin(), reply->end()) : "(nothing)";
  }
  Answer answer(const Question& question, SoftwareClock::Reading clock = {kNoon}) {
    const auto bytes = encode(question);
    const auto found = ask(bytes, kClient, clock);
    EXPECT_TRUE(found && found->size() == bytes.size());
    return decode_answer(found.value()).value();
  }
};

TEST_F(Server, AnswersAnythingByRfc867) {
  EXPECT_EQ(plain(""), "Monday, November 30, 2026 09:00:00--03\r\n");
  EXPECT_EQ(plain("WPDT but not of our length"), "Monday, November 30, 2026 09:00:00--03\r\n");
}

TEST_F(Server, TellsTheTimeOfAZone) {
  const Answer now = answer({1, "Asia/Kathmandu"});
  EXPECT_EQ(now.status, Status::known);
  EXPECT_EQ(now.local, (LocalTime{2026, 11, 30, 17, 45, 0, 1, 20700, false, "+0545"}));
  EXPECT_EQ(now.text, "Mon Nov 30 17:45:00 2026");
  EXPECT_EQ(now.moment, kNoon);
  EXPECT_EQ(now.quality.stratum, 2);
  EXPECT_EQ(now.quality.offset, 2ms);
  EXPECT_EQ(answer({2, ""}).zone, "America/Argentina/Buenos_Aires");
  const Answer then = answer({3, "Europe/Madrid", std::chrono::seconds(1'774'746'000)});
  EXPECT_EQ(then.local, (LocalTime{2026, 3, 29, 3, 0, 0, 7, 7200, true, "CEST"}));
}

TEST_F(Server, TellsThatItKnowsNoSuchZone) {
  const std::string longest(64, 'x');
  for (const char* const zone :
       {"../../etc/passwd", "Mars/Phobos", "/etc/localtime", "right/UTC", "a\nb", longest.c_str()}) {
    const Answer found = answer({9, zone});
    EXPECT_EQ(found.status, Status::unknown_zone) << zone;
    EXPECT_EQ(found.zone, zone);
    EXPECT_EQ(found.id, 9U);
  }
  EXPECT_EQ(server_.counts().unknown, 6U);
}

TEST_F(Server, TellsThatItDoesNotUnderstand) {
  auto bytes = encode(Question{77, "UTC"});
  bytes[4] = 2;
  const auto found = decode_answer(ask(bytes).value());
  ASSERT_TRUE(found);
  EXPECT_EQ(found->status, Status::not_understood);
  EXPECT_EQ(found->id, 77U);
}

TEST_F(Server, DoesNotTalkToServers) {
  const auto own = encode(Answer{});
  EXPECT_FALSE(ask(own));
  for (const std::uint16_t port : {7, 13, 17, 19, 37, 1300})
    EXPECT_EQ(plain("x", kClient.with_port(port)), "(nothing)");
  EXPECT_NE(plain("x", kClient.with_port(14)), "(nothing)");
  EXPECT_EQ(server_.counts().ignored, 7U);
}

TEST_F(Server, LimitsRepliesAndNotAnswers) {
  for (int i = 0; i < 8; ++i) EXPECT_NE(plain("x"), "(nothing)");
  EXPECT_EQ(plain("x"), "(nothing)");
  EXPECT_NE(plain("x", Address::v4(0x0A000002, 40000)), "(nothing)");
  for (int i = 0; i < 100; ++i) answer({static_cast<std::uint64_t>(i), "UTC"});
  EXPECT_EQ(server_.counts().limited, 1U);
}

TEST_F(Server, TellsALeapSecond) {
  const Time midnight = std::chrono::seconds(1'483'228'800);
  const SoftwareClock::Reading leap{midnight - 1ns, true};
  EXPECT_EQ(answer({1, "UTC"}, leap).local, (LocalTime{2016, 12, 31, 23, 59, 60, 6, 0, false, "UTC"}));
  EXPECT_EQ(answer({1, "UTC"}, leap).text, "Sat Dec 31 23:59:60 2016");
  EXPECT_EQ(answer({1, "Asia/Kathmandu"}, leap).local.second, 60);
}

}  // namespace
}  // namespace wireproof::daytime
