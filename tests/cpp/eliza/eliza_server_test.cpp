// eliza-server as a whole, over loopback.

#include <fcntl.h>
#include <fmt/core.h>
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "../base/running_program.hpp"
#include "../base/test_client.hpp"
#include "eliza/doctor.hpp"
#include "eliza/script.hpp"

namespace wireproof::testing {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using namespace std::string_view_literals;

class ElizaServer : public ::testing::Test {
 protected:
  eliza::Script script_ = eliza::parse_script(eliza::kDoctorScript);
  RunningProgram server_{{"eliza-server", "0"}};
};

TEST_F(ElizaServer, SpeaksFirstAnswersAndSaysFarewell) {
  const TestClient client(server_.port());
  EXPECT_EQ(client.receive_line(), script_.greeting);
  client.send("I am sad\r\n");
  EXPECT_THAT(client.receive_line(), HasSubstr("sad"));
  client.send("My brother is a fool\n");
  EXPECT_THAT(client.receive_line(), HasSubstr("your brother"));
  client.send("bye\n" + std::string(100'000, 'x'));  // unread bytes must not cost the farewell
  EXPECT_EQ(client.receive_to_end(), script_.farewell + "\n");
}

TEST_F(ElizaServer, ClientsAreIndependent) {
  const auto port = server_.port();
  const TestClient first(port);
  const TestClient second(port);
  first.receive_line();
  second.receive_line();
  first.send("zzz\nzzz\n");
  const std::string opening = first.receive_line();
  EXPECT_NE(first.receive_line(), opening);
  second.send("zzz\n");
  EXPECT_EQ(second.receive_line(), opening) << "the other's turns do not count";
}

TEST_F(ElizaServer, AHalfClosedClientGetsItsLastAnswer) {
  const TestClient client(server_.port());
  client.send("I need tea");
  client.end_sending();
  const std::string all = client.receive_to_end();
  EXPECT_THAT(all, HasSubstr("tea"));
  EXPECT_THAT(all, EndsWith(script_.farewell + "\n"));
}

TEST_F(ElizaServer, AnEndlessLineNeitherFillsMemoryNorEndsTheTalk) {
  const TestClient client(server_.port());
  client.receive_line();
  client.send("I like you\n");
  client.receive_line();
  ASSERT_EQ(server_.children().size(), 1u);
  const pid_t serving = server_.children().front();
  const long before = resident_kib(serving);
  for (int i = 0; i < 512; ++i) ASSERT_TRUE(client.send(std::string(65536, 'x')));
  EXPECT_LT(resident_kib(serving) - before, 2048);
  client.send("\nI need tea\n");
  EXPECT_THAT(client.receive_line(), HasSubstr(script_.too_long.answers[0].text));
  EXPECT_THAT(client.receive_line(), HasSubstr("tea"));
}

TEST_F(ElizaServer, HostileBytesAreNotEchoed) {
  const TestClient client(server_.port());
  client.receive_line();
  client.send("\xff\xfb\x01\0\x1b]0;x\x07 I want \xc3\x28 \x9b\xe2\x82\n"sv);
  for (const char byte : client.receive_line()) {
    EXPECT_GE(static_cast<unsigned char>(byte), 0x20);
    EXPECT_NE(static_cast<unsigned char>(byte), 0x7F);
  }
  client.send("I want año nuevo 😀\n");
  EXPECT_THAT(client.receive_line(), HasSubstr("año nuevo 😀"));
}

TEST_F(ElizaServer, AnInterruptEndsItsConversations) {
  const TestClient client(server_.port());
  client.receive_line();
  server_.signal(SIGINT);
  EXPECT_EQ(client.receive_to_end(), "");
  EXPECT_EQ(server_.exit_status(), 0);
}

TEST(ElizaProgram, TalksOnTheConsoleFromAnyFolder) {
  const int typed = ::memfd_create("typed", MFD_CLOEXEC);
  ASSERT_EQ(::write(typed, "I am sad\nbye\n", 13), 13);
  ::lseek(typed, 0, SEEK_SET);
  RunningProgram program(
      {"eliza-server", "--console"}, [] { EXPECT_EQ(::chdir("/"), 0); }, typed);
  EXPECT_EQ(program.exit_status(), 0);
  EXPECT_THAT(program.output(), HasSubstr("sad"));
  EXPECT_EQ(std::ranges::count(program.output(), '\n'), 3) << "greeting, answer, farewell";
}

TEST(ElizaProgram, AScriptOfOnesOwnAndItsMistakes) {
  const auto file = std::filesystem::path(::testing::TempDir()) / fmt::format("eliza-{}.script", ::getpid());
  std::ofstream(file) << "greeting: Salut.\nfarewell: Adieu.\nempty: Oui ?\ntoo-long: Long.\nfallback: Ah.\n";
  {
    const RunningProgram server({"eliza-server", "0", "--script", file});
    EXPECT_EQ(TestClient(server.port()).receive_line(), "Salut.");
  }
  std::ofstream(file, std::ios::app) << "keyword 500: toi\n";
  RunningProgram wrong({"eliza-server", "0", "--script", file});
  EXPECT_EQ(wrong.exit_status(), 1);
  EXPECT_THAT(wrong.errors(), HasSubstr(fmt::format("{}: line 6: rank \"500\" is not 0 to 100", file.string())));
  std::filesystem::remove(file);
  RunningProgram missing({"eliza-server", "0", "--script", file});
  EXPECT_EQ(missing.exit_status(), 1);
  EXPECT_THAT(missing.errors(), HasSubstr("No such file or directory"));
}

TEST(ElizaProgram, WrongUsageIsTwo) {
  EXPECT_EQ(RunningProgram({"eliza-server"}).exit_status(), 2);
  EXPECT_EQ(RunningProgram({"eliza-server", "0", "--console"}).exit_status(), 2);
  EXPECT_EQ(RunningProgram({"eliza-server", "0", "--max-line", "3"}).exit_status(), 2);
}

}  // namespace
}  // namespace wireproof::testing
