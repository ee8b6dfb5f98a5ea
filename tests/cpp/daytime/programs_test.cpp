// daytime-server and daytime-client as a whole, over loopback.

#include <fmt/core.h>
#include <gmock/gmock.h>

#include "../base/loopback_datagrams.hpp"
#include "../base/running_program.hpp"

namespace wireproof::testing {
namespace {

using ::testing::HasSubstr;

class Daytime : public ::testing::Test {
 protected:
  RunningProgram server_{{"daytime-server", "--port", "0", "--host", "127.0.0.1", "--zone", "Asia/Kathmandu"}};

  std::vector<std::string> client(std::vector<std::string> options) const {
    std::vector<std::string> words{"daytime-client", "--port", std::to_string(server_.port())};
    words.insert(words.end(), options.begin(), options.end());
    return words;
  }
};

TEST_F(Daytime, TellsTheTimeOfAZoneAtAMoment) {
  RunningProgram before(client({"--zone", "Europe/Madrid", "--at", "1774745999", "--format", "%F %T %Z %z"}));
  EXPECT_EQ(before.exit_status(), 0) << before.errors();
  EXPECT_EQ(before.output(), "2026-03-29 01:59:59 CET +0100\n");
  RunningProgram after(client({"--zone", "Europe/Madrid", "--at", "1774746000", "--format", "%F %T %Z %z"}));
  EXPECT_EQ(after.exit_status(), 0) << after.errors();
  EXPECT_EQ(after.output(), "2026-03-29 03:00:00 CEST +0200\n");
  EXPECT_THAT(after.errors(), HasSubstr("the server is not synchronised"));
}

TEST_F(Daytime, TellsItsOwnZoneWithoutOne) {
  RunningProgram program(client({"--at", "0"}));
  EXPECT_EQ(program.exit_status(), 0) << program.errors();
  EXPECT_EQ(program.output(), "Thu Jan  1 05:30:00 1970\n");
  EXPECT_THAT(program.errors(), HasSubstr("Asia/Kathmandu (+0530, UTC+05:30)"));
}

TEST_F(Daytime, KnowsNoZoneOutsideOfTheDatabase) {
  for (const char* const zone : {"../../etc/passwd", "/etc/localtime", "Mars/Phobos", "right/Europe/Madrid"}) {
    RunningProgram program(client({"--zone", zone}));
    EXPECT_EQ(program.exit_status(), 1);
    EXPECT_THAT(program.errors(), HasSubstr(fmt::format("the server knows no zone '{}'", zone)));
  }
}

TEST_F(Daytime, AnswersAnythingByRfc867AndLimitsThat) {
  const LoopbackDatagrams socket;
  socket.send(server_.port(), "");
  const auto line = socket.receive();
  ASSERT_TRUE(line);
  EXPECT_THAT(*line, HasSubstr(", 20"));
  EXPECT_TRUE(line->ends_with("-+0545\r\n")) << *line;
  for (int i = 0; i < 100; ++i) socket.send(server_.port(), "x");
  RunningProgram plain(client({"--zone", "UTC"}));  // behind all those in the server's queue
  EXPECT_EQ(plain.exit_status(), 0) << plain.errors();
  int replies = 1;
  while (socket.take()) ++replies;
  EXPECT_GE(replies, 8);
  EXPECT_LE(replies, 40) << "one a second, and eight at once";
}

TEST_F(Daytime, ClientAsksByRfc867Too) {
  RunningProgram program(client({"--rfc867"}));
  EXPECT_EQ(program.exit_status(), 0) << program.errors();
  EXPECT_THAT(program.output(), HasSubstr("-+0545\n"));
}

TEST(DaytimeServer, RefusesAZoneAndALocaleThatItHasNot) {
  RunningProgram zone({"daytime-server", "--port", "0", "--zone", "../etc/localtime"});
  EXPECT_EQ(zone.exit_status(), 2);
  RunningProgram locale({"daytime-server", "--port", "0", "--locale", "xx_XX"});
  EXPECT_EQ(locale.exit_status(), 2);
  EXPECT_THAT(locale.errors(), HasSubstr("no locale 'xx_XX'"));
}

TEST(DaytimeServer, RefusesATimeServerThatThereIsNot) {
  RunningProgram unknown({"daytime-server", "--port", "0", "--time-server", "time.invalid"});
  EXPECT_EQ(unknown.exit_status(), 1);
  EXPECT_THAT(unknown.errors(), HasSubstr("find the address of 'time.invalid'"));
  RunningProgram wrong({"daytime-server", "--port", "0", "--time-server", "127.0.0.1:99999"});
  EXPECT_EQ(wrong.exit_status(), 2);
}

TEST(DaytimeClient, RefusesWhatIsNoMomentAndWhatIsNoZone) {
  for (const char* const moment : {"nan", "1e30", "yesterday"}) {
    RunningProgram program({"daytime-client", "--at", moment});
    EXPECT_EQ(program.exit_status(), 2) << moment;
  }
  RunningProgram zone({"daytime-client", "--zone", std::string(65, 'x')});
  EXPECT_EQ(zone.exit_status(), 2);
  EXPECT_THAT(zone.errors(), HasSubstr("no zone has a name of more than 64 octets"));
}

TEST(DaytimeClient, TellsWhenNobodyListens) {
  RunningProgram program({"daytime-client", "--port", "1"});
  EXPECT_EQ(program.exit_status(), 1);
  EXPECT_THAT(program.errors(), HasSubstr("127.0.0.1:1: Connection refused"));
}

}  // namespace
}  // namespace wireproof::testing
