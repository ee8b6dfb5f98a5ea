// tcp-server as a whole, over loopback, in each of its modes.

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <sys/select.h>

#include <future>

#include "../base/descriptors.hpp"
#include "../base/running_program.hpp"
#include "../base/test_client.hpp"

namespace wireproof::testing {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr std::string_view kAnswer = "Message received";

/// Whether `message` is answered, at once and with nothing around it.
bool answers(const TestClient& client, std::string_view message) {
  return client.send(message) && client.receive(kAnswer.size()) == kAnswer;
}

/// The process that serves the only client.
pid_t serving_process(const RunningProgram& server) {
  const auto children = server.children();
  return children.empty() ? server.pid() : children.front();
}

/// What holds in every mode.
class TcpServer : public ::testing::TestWithParam<std::string> {
 protected:
  static std::vector<std::string> words(std::vector<std::string> more = {}) {
    std::vector<std::string> all{"tcp-server", "0", "--mode", GetParam()};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
};

INSTANTIATE_TEST_SUITE_P(Modes, TcpServer, ::testing::Values("iterative", "fork", "select", "epoll"),
                         [](const auto& info) { return info.param; });

TEST_P(TcpServer, AnswersEachMessageInSixteenBytesAndPrintsIt) {
  RunningProgram server(words());
  const auto port = server.port();
  EXPECT_THAT(server.errors(), HasSubstr(fmt::format(":{} (tcp, {})\n", port, GetParam())));
  const TestClient client(port);
  EXPECT_TRUE(answers(client, "hi"));
  EXPECT_TRUE(answers(client, "how are you?\n"));
  EXPECT_TRUE(eventually([&] { return server.output().find(": how are you?\n") != std::string::npos; }));
  EXPECT_THAT(server.output(), StartsWith("received 2 bytes from 127.0.0.1:"));
  client.end_sending();
  EXPECT_EQ(client.receive_to_end(), "") << "no byte more than the answers";
}

TEST_P(TcpServer, EndIsAnsweredThenClosedAndTheNextClientIsServed) {
  const RunningProgram server(words());
  const auto port = server.port();
  {
    const TestClient client(port);
    ASSERT_TRUE(client.send("end"));
    EXPECT_EQ(client.receive_to_end(), kAnswer);
  }
  EXPECT_TRUE(server.says("left after 3 bytes\n"));
  EXPECT_TRUE(answers(TestClient(port), "next"));
}

TEST_P(TcpServer, AHalfClosedClientGetsItsAnswerThenFin) {
  const RunningProgram server(words({"--framing", "line"}));
  const TestClient client(server.port());
  ASSERT_TRUE(client.send("one\nlast words, without an end of line"));
  client.end_sending();
  EXPECT_EQ(client.receive_to_end(), "Message received\nMessage received\n");
}

TEST_P(TcpServer, HostileBytesArePrintedEscaped) {
  using std::string_view_literals::operator""sv;
  const RunningProgram server(words());
  const TestClient client(server.port());
  ASSERT_TRUE(answers(client, "\x1b[2J\x1b]0;title\x07 \xff\xc0\x80 \xc2\x9b \0 ñ\r\nreceived 1 bytes"sv));
  EXPECT_TRUE(eventually([&] { return server.output().find('\n') != std::string::npos; }));
  EXPECT_THAT(server.output(),
              EndsWith(R"(: \x1b[2J\x1b]0;title\x07 \xff\xc0\x80 \xc2\x9b \x00 ñ\x0d\x0areceived 1 bytes)"
                       "\n"));
}

TEST_P(TcpServer, AMebibyteWithoutALineEndIsAnsweredOnceAndKeptToItsLimit) {
  RunningProgram server(words({"--framing", "line", "--json", "-"}));
  const TestClient client(server.port());
  ASSERT_TRUE(client.send("x\n"));
  ASSERT_EQ(client.receive_line(), kAnswer);
  const pid_t serving = serving_process(server);
  const long before = resident_kib(serving);
  ASSERT_TRUE(client.send(std::string(1 << 20, 'x')));
  EXPECT_LT(resident_kib(serving) - before, 1024);
  ASSERT_TRUE(client.send("\n"));
  EXPECT_EQ(client.receive_line(), kAnswer);
  server.signal(SIGTERM);
  EXPECT_EQ(server.exit_status(), 0);
  EXPECT_THAT(server.output(), HasSubstr("received 65536 bytes of a longer line from "));
  EXPECT_THAT(server.output(), HasSubstr(R"("received": 2, "delivered": 1, "truncated": 1, "bytes": 1048579)"));
}

TEST_P(TcpServer, AMebibyteWithoutFramingIsAsManyMessagesAsReceives) {
  RunningProgram server(words({"--receive-size", "50", "--quiet", "--json", "-"}));
  const TestClient client(server.port());
  auto sent = std::async(std::launch::async, [&] {
    const bool all = client.send(std::string(1 << 20, 'x'));
    client.end_sending();
    return all;
  });
  const std::string all_answers = client.receive_to_end();
  EXPECT_TRUE(sent.get());
  EXPECT_GE(all_answers.size(), (1 << 20) / 50 * kAnswer.size());
  EXPECT_EQ(all_answers.size() % kAnswer.size(), 0u);
  server.signal(SIGTERM);
  EXPECT_EQ(server.exit_status(), 0);
  EXPECT_THAT(server.output(), HasSubstr(fmt::format("\"received\": {}, ", all_answers.size() / kAnswer.size())));
  EXPECT_THAT(server.output(), HasSubstr("\"bytes\": 1048576, "));
}

TEST_P(TcpServer, TwentyThousandAnswersPassThroughANarrowWindowInOrder) {
  const RunningProgram server(words({"--framing", "line", "--quiet"}));
  const TestClient client(server.port(), AF_INET, 4096);
  std::string messages;
  for (int i = 0; i < 20'000; ++i) messages += fmt::format("message {}\n", i);
  auto sent = std::async(std::launch::async, [&] {
    const bool all = client.send(messages);
    client.end_sending();
    return all;
  });
  std::string expected;
  for (int i = 0; i < 20'000; ++i) expected += "Message received\n";
  EXPECT_TRUE(client.receive_to_end() == expected);
  EXPECT_TRUE(sent.get());
}

TEST_P(TcpServer, AClientThatNeverReadsCostsNoMemory) {
  const RunningProgram server(words({"--receive-size", "1", "--quiet"}));  // sixteen bytes answer each byte
  const TestClient client(server.port(), AF_INET, 4096);
  ASSERT_TRUE(answers(client, "x"));
  const pid_t serving = serving_process(server);
  const long before = resident_kib(serving);
  const std::size_t sent = client.send_until_stuck();
  EXPECT_GT(sent, 65536u);
  EXPECT_LT(resident_kib(serving) - before, 1024) << "after " << sent << " bytes";
}

TEST_P(TcpServer, ALineModeClientThatNeverReadsCostsBoundedMemory) {
  const RunningProgram server(words({"--framing", "line", "--quiet"}));
  const TestClient client(server.port(), AF_INET, 4096);
  ASSERT_TRUE(client.send("x\n"));
  ASSERT_EQ(client.receive_line(), kAnswer);
  const pid_t serving = serving_process(server);
  const long before = resident_kib(serving);
  EXPECT_GT(client.send_until_stuck('\n'), 65536u);
  EXPECT_LT(resident_kib(serving) - before, 8192) << "64 KiB of empty lines have 1.1 MB of answers";
}

TEST_P(TcpServer, AClientThatResetsHarmsNobody) {
  const RunningProgram server(words());
  const auto port = server.port();
  TestClient rude(port);
  ASSERT_TRUE(answers(rude, "x"));
  rude.reset();
  EXPECT_TRUE(server.says("left after 1 bytes: Connection reset by peer"));
  EXPECT_TRUE(answers(TestClient(port), "y"));
}

TEST_P(TcpServer, SignalsEndItInOrderAndItTellsWhatItCounted) {
  for (const int signal : {SIGINT, SIGTERM}) {
    RunningProgram server(words({"--json", "-"}));
    const auto port = server.port();
    {
      const TestClient first(port);
      ASSERT_TRUE(answers(first, "one"));
      ASSERT_TRUE(answers(first, "two"));
    }
    ASSERT_TRUE(server.says("left after 6 bytes"));
    const TestClient client(port);
    ASSERT_TRUE(answers(client, "three"));
    server.signal(signal);
    EXPECT_EQ(client.receive_to_end(), "") << "FIN, not RST";
    EXPECT_EQ(server.exit_status(), 0);
    EXPECT_THAT(server.errors(), HasSubstr(fmt::format("SIG{}: closing the listener", sigabbrev_np(signal))));
    EXPECT_THAT(
        server.errors(),
        EndsWith("received 3 messages (11 bytes, 0 of the messages truncated) from 2 clients; 0 clients refused\n"));
    EXPECT_THAT(server.output(), EndsWith(fmt::format("{}, \"mode\": \"{}\", \"framing\": \"recv\"}}\n",
                                                      R"({"protocol": "tcp", "clients": 2, "received": 3, )"
                                                      R"("delivered": 3, "truncated": 0, "bytes": 11, "refused": 0)",
                                                      GetParam())))
        << "once, by the server and not by its children";
    EXPECT_EQ(server.output().find('{'), server.output().rfind('{'));
  }
}

TEST(TcpServerIterative, ASecondClientIsConnectedAndWaits) {
  const RunningProgram server({"tcp-server", "0"});
  const auto port = server.port();
  TestClient first(port);
  ASSERT_TRUE(answers(first, "first"));
  const TestClient second(port);
  ASSERT_TRUE(second.connected()) << "by the kernel";
  ASSERT_TRUE(second.send("second"));
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(answers(first, "still here"));
  EXPECT_THAT(server.output(), Not(HasSubstr(": second")));
  first.leave();
  EXPECT_EQ(second.receive(kAnswer.size()), kAnswer);
}

TEST(TcpServerFork, TwoHundredClientsAtOnceInAsManyProcesses) {
  RunningProgram server({"tcp-server", "0", "--mode", "fork", "--backlog", "200", "--json", "-", "--quiet"});
  const auto port = server.port();
  std::vector<TestClient> clients;
  for (int i = 0; i < 200; ++i) clients.emplace_back(port);
  for (const auto& client : clients) ASSERT_TRUE(client.send("all of us"));
  for (const auto& client : clients) ASSERT_EQ(client.receive(kAnswer.size()), kAnswer);
  EXPECT_THAT(server.children(), SizeIs(200));
  clients.clear();
  EXPECT_TRUE(eventually([&] { return server.children().empty(); })) << "zombies count as children";
  server.signal(SIGTERM);
  EXPECT_EQ(server.exit_status(), 0);
  EXPECT_THAT(server.output(), HasSubstr(R"("clients": 200, "received": 200,)")) << "counted together";
}

/// More clients than FD_SETSIZE in one process; how many of them were served.
int served_of(RunningProgram& server, int count, std::vector<TestClient>& clients, std::string& refusal) {
  const auto port = server.port();
  int served = 0;
  for (int i = 0; i < count; ++i) {
    clients.emplace_back(port);
    EXPECT_TRUE(clients.back().connected()) << "by the kernel: " << i;
    clients.back().send("hi");
    if (clients.back().receive(1) == "M") {
      EXPECT_EQ(clients.back().receive(kAnswer.size() - 1), kAnswer.substr(1));
      ++served;
    } else {
      refusal = clients.back().receive_line();
      EXPECT_TRUE(clients.back().is_closed());
    }
  }
  return served;
}

TEST(TcpServerSelect, AThousandClientsAreServedAndThoseBeyondFdSetsizeAreRefusedInWords) {
  if (!room_for(3 * FD_SETSIZE)) GTEST_SKIP() << "descriptors are limited here";
  RunningProgram server({"tcp-server", "0", "--mode", "select", "--json", "-", "--quiet"});
  std::vector<TestClient> clients;
  std::string refusal;
  const int served = served_of(server, 1100, clients, refusal);
  EXPECT_GE(served, 1000);
  EXPECT_LT(served, FD_SETSIZE);
  EXPECT_EQ("r" + refusal, "refused: this server waits with select(2), which knows 1024 descriptors only");
  for (int i = 0; i < served; i += 50) ASSERT_TRUE(answers(clients[static_cast<std::size_t>(i)], "still served")) << i;
  EXPECT_THAT(server.children(), IsEmpty());
  server.signal(SIGTERM);
  EXPECT_EQ(server.exit_status(), 0);
  EXPECT_THAT(server.output(), HasSubstr(fmt::format("\"clients\": {}, ", served)));
  EXPECT_THAT(server.output(), HasSubstr(fmt::format("\"refused\": {}, ", 1100 - served)));
}

TEST(TcpServerEpoll, MoreClientsThanFdSetsizeAreAllServed) {
  if (!room_for(3 * FD_SETSIZE)) GTEST_SKIP() << "descriptors are limited here";
  RunningProgram server({"tcp-server", "0", "--mode", "epoll", "--quiet"});
  std::vector<TestClient> clients;
  std::string refusal;
  EXPECT_EQ(served_of(server, 1100, clients, refusal), 1100) << refusal;
  EXPECT_THAT(server.children(), IsEmpty());
  server.signal(SIGTERM);
  EXPECT_EQ(server.exit_status(), 0);
}

TEST(TcpServerUsage, ListensOnPort12800ByDefault) {
  RunningProgram help({"tcp-server", "--help"});
  EXPECT_EQ(help.exit_status(), 0);
  EXPECT_THAT(help.output(), HasSubstr("PORT UINT=12800"));
}

TEST(TcpServerUsage, WrongUsageIsTwoAndAPortInUseIsOne) {
  EXPECT_EQ(RunningProgram({"tcp-server", "65536"}).exit_status(), 2);
  EXPECT_EQ(RunningProgram({"tcp-server", "0", "--mode", "threads"}).exit_status(), 2);
  EXPECT_EQ(RunningProgram({"tcp-server", "0", "--framing", "none"}).exit_status(), 2);
  EXPECT_EQ(RunningProgram({"tcp-server", "0", "--receive-size", "0"}).exit_status(), 2);
  EXPECT_EQ(RunningProgram({"tcp-server", "0", "--max-clients", "2"}).exit_status(), 2) << "iterative";
  const RunningProgram first({"tcp-server", "0"});
  RunningProgram second({"tcp-server", std::to_string(first.port())});
  EXPECT_EQ(second.exit_status(), 1);
  EXPECT_THAT(second.errors(), HasSubstr("Address already in use"));
}

}  // namespace
}  // namespace wireproof::testing
