// echo-server as a whole, over loopback.

#include <fmt/core.h>
#include <gmock/gmock.h>

#include <filesystem>
#include <future>
#include <random>

#include "../base/running_program.hpp"
#include "../base/test_client.hpp"

namespace wireproof::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

std::string random_bytes(std::size_t length) {
  std::mt19937 random(7);
  std::string bytes(length, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

bool echoes(const TestClient& client, std::string_view text) {
  return client.send(text) && client.receive(text.size()) == text;
}

/// What holds in every mode.
class EchoServer : public ::testing::TestWithParam<std::string> {
 protected:
  RunningProgram server_{{"echo-server", "0", "--mode", GetParam()}};
};

INSTANTIATE_TEST_SUITE_P(Modes, EchoServer, ::testing::Values("iterative", "fork", "select", "async"),
                         [](const auto& info) { return info.param; });

TEST_P(EchoServer, SaysWhereItListensAndWhoComesAndGoes) {
  const auto port = server_.port();
  EXPECT_THAT(server_.errors(), HasSubstr(fmt::format(":{} (tcp, {})", port, GetParam())));
  TestClient client(port);
  ASSERT_TRUE(echoes(client, "hola\n"));
  EXPECT_TRUE(server_.says("echo-server: client 127.0.0.1:"));
  client.leave();
  EXPECT_TRUE(server_.says(" left after 5 bytes\n"));
}

TEST_P(EchoServer, AllIsEchoedAfterTheClientsEndOfStream) {
  const TestClient client(server_.port());
  const std::string bytes = random_bytes(200'000);
  auto sent = std::async(std::launch::async, [&] {
    const bool all = client.send(bytes);
    client.end_sending();
    return all;
  });
  ASSERT_TRUE(sent.get()) << "the client reads nothing before its own FIN";
  EXPECT_EQ(client.receive_to_end(), bytes);
}

TEST_P(EchoServer, FourMebibytesOfAnyBytesComeBackExactly) {
  const TestClient client(server_.port());
  const std::string bytes = random_bytes(4 << 20);
  auto sent = std::async(std::launch::async, [&] {
    const bool all = client.send(bytes);
    client.end_sending();
    return all;
  });
  EXPECT_TRUE(client.receive_to_end() == bytes);
  EXPECT_TRUE(sent.get());
}

TEST_P(EchoServer, Ipv4AndIpv6OnOneSocket) {
  const auto port = server_.port();
  {
    const TestClient ipv4(port);
    EXPECT_TRUE(echoes(ipv4, "four"));
  }
  const TestClient ipv6(port, AF_INET6);
  if (!ipv6.connected()) GTEST_SKIP() << "no IPv6 loopback here";
  EXPECT_TRUE(echoes(ipv6, "six"));
  EXPECT_TRUE(server_.says("client [::1]:"));
}

TEST_P(EchoServer, AClientThatNeverReadsCostsNoMemory) {
  const auto port = server_.port();
  TestClient client(port, AF_INET, 4096);
  ASSERT_TRUE(echoes(client, "x"));
  const auto children = server_.children();
  const pid_t serving = children.empty() ? server_.pid() : children.front();
  const long before = resident_kib(serving);
  const std::size_t sent = client.send_until_stuck();
  EXPECT_GT(sent, 65536u);
  EXPECT_LT(resident_kib(serving) - before, 1024) << "after " << sent << " bytes";
  client.end_sending();
  EXPECT_THAT(client.receive_to_end(), SizeIs(sent)) << "and nothing was lost";
}

TEST_P(EchoServer, AClientThatResetsHarmsNobody) {
  const auto port = server_.port();
  TestClient rude(port);
  ASSERT_TRUE(echoes(rude, "x"));
  rude.reset();
  EXPECT_TRUE(server_.says("left after 1 bytes: Connection reset by peer"));
  EXPECT_TRUE(echoes(TestClient(port), "y"));
}

TEST_P(EchoServer, SignalsEndItInOrderWhileAClientIsServed) {
  for (const int signal : {SIGINT, SIGTERM}) {
    RunningProgram server({"echo-server", "0", "--mode", GetParam()});
    const auto port = server.port();
    const TestClient client(port);
    ASSERT_TRUE(echoes(client, "x"));
    server.signal(signal);
    EXPECT_EQ(client.receive_to_end(), "") << "FIN, not RST";
    EXPECT_EQ(server.exit_status(), 0);
    EXPECT_THAT(server.errors(),
                HasSubstr(fmt::format("{}: closing the listener", signal == SIGINT ? "SIGINT" : "SIGTERM")));
    EXPECT_THAT(server.errors(), HasSubstr("left after 1 bytes"));
    EXPECT_FALSE(TestClient(port).connected());
  }
}

TEST_P(EchoServer, SignalEndsItThoughItsClientNeverReads) {
  const auto port = server_.port();
  const TestClient client(port, AF_INET, 4096);
  ASSERT_GT(client.send_until_stuck(), 0u);
  server_.signal(SIGTERM);
  EXPECT_EQ(server_.exit_status(), 0);
  EXPECT_THAT(server_.errors(), ::testing::Not(HasSubstr("killed")));
}

TEST_P(EchoServer, RestartsAtOnceOnTheSamePort) {
  const auto port = server_.port();
  const TestClient client(port);
  ASSERT_TRUE(echoes(client, "x"));
  server_.signal(SIGINT);  // the server closes first: its side of the connection stays in TIME_WAIT
  ASSERT_EQ(server_.exit_status(), 0);
  RunningProgram next({"echo-server", std::to_string(port), "--mode", GetParam()});
  EXPECT_EQ(next.port(), port);
  EXPECT_TRUE(echoes(TestClient(port), "y"));
}

TEST_P(EchoServer, WithoutDescriptorsClientsWaitAndAreServedLater) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "UndefinedBehaviorSanitizer opens pipes of its own to look at memory";
#endif
  const auto port = server_.port();
  rlim_t lowest_free = 0;
  while (std::filesystem::exists(
      std::filesystem::symlink_status(fmt::format("/proc/{}/fd/{}", server_.pid(), lowest_free)))) {
    ++lowest_free;
  }
  set_soft_limit(server_.pid(), RLIMIT_NOFILE, lowest_free);
  const TestClient client(port);
  ASSERT_TRUE(client.connected()) << "by the kernel";
  ASSERT_TRUE(client.send("patience"));
  EXPECT_TRUE(server_.says("accept: Too many open files; clients wait"));
  set_soft_limit(server_.pid(), RLIMIT_NOFILE, 1024);
  EXPECT_EQ(client.receive(8), "patience");
}

TEST(EchoServerIterative, TheSecondClientIsConnectedButWaitsForTheFirstToLeave) {
  const RunningProgram server({"echo-server", "0"});
  const auto port = server.port();
  TestClient first(port);
  ASSERT_TRUE(echoes(first, "first"));
  const TestClient second(port);
  ASSERT_TRUE(second.connected());
  ASSERT_TRUE(second.send("second"));
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(echoes(first, "still here"));
  const std::string so_far = server.errors();
  EXPECT_EQ(so_far.find("connected"), so_far.rfind("connected")) << "only one was accepted";
  first.leave();
  EXPECT_EQ(second.receive(6), "second");
  const std::string all = server.errors();
  EXPECT_LT(all.find("left after 105 bytes"), all.rfind("connected"));
}

TEST(EchoServerFork, FiftyClientsAtOnceAndNoZombieAfterwards) {
  RunningProgram server({"echo-server", "0", "--mode", "fork"});
  const auto port = server.port();
  std::vector<TestClient> clients;
  for (int i = 0; i < 50; ++i) clients.emplace_back(port);
  for (const auto& client : clients) ASSERT_TRUE(client.send("all of us"));
  for (const auto& client : clients) ASSERT_EQ(client.receive(9), "all of us");
  EXPECT_THAT(server.children(), SizeIs(50));
  clients.clear();
  EXPECT_TRUE(eventually([&] { return server.children().empty(); })) << "zombies count as children";
  EXPECT_TRUE(echoes(TestClient(port), "and on it goes"));
  server.signal(SIGTERM);
  EXPECT_EQ(server.exit_status(), 0);
}

TEST(EchoServerFork, StoppingClosesTheListenerFirstThenEndsEveryChild) {
  RunningProgram server({"echo-server", "0", "--mode", "fork"});
  const auto port = server.port();
  std::vector<TestClient> clients;
  for (int i = 0; i < 3; ++i) {
    clients.emplace_back(port);
    ASSERT_TRUE(echoes(clients.back(), "x"));
  }
  const auto children = server.children();
  ASSERT_THAT(children, SizeIs(3));
  server.signal(SIGINT);
  for (const auto& client : clients) EXPECT_EQ(client.receive_to_end(), "");
  EXPECT_EQ(server.exit_status(), 0);
  for (const pid_t child : children) EXPECT_EQ(::kill(child, 0), -1) << "child " << child << " lives on";
  const std::string said = server.errors();
  EXPECT_LT(said.find("closing the listener"), said.find("ending 3 client process(es)"));
}

TEST(EchoServerFork, StopsThoughMoreSigchldsAreUnderWayThanChildrenEnd) {
  for (int round = 0; round < 80; ++round) {
    RunningProgram server({"echo-server", "0", "--mode", "fork"});
    const TestClient client(server.port());
    ASSERT_TRUE(echoes(client, "x"));
    server.signal(SIGINT);
    for (int i = 0; i < 2000; ++i) ::kill(server.pid(), SIGCHLD);
    ASSERT_EQ(server.exit_status(), 0) << "in round " << round;
  }
}

TEST(EchoServerFork, AChildThatDoesNotEndIsKilledAndThatIsTold) {
  RunningProgram server({"echo-server", "0", "--mode", "fork"});
  const TestClient client(server.port());
  ASSERT_TRUE(echoes(client, "x"));
  ASSERT_THAT(server.children(), SizeIs(1));
  ::kill(server.children().front(), SIGSTOP);
  server.signal(SIGTERM);
  EXPECT_EQ(server.exit_status(), 0);
  EXPECT_THAT(server.errors(), HasSubstr("1 client process(es) did not end in 2000 ms and are killed"));
}

TEST(EchoServerFork, AKilledServerTakesItsChildrenAlong) {
  RunningProgram server({"echo-server", "0", "--mode", "fork"});
  const TestClient client(server.port());
  ASSERT_TRUE(echoes(client, "x"));
  server.signal(SIGKILL);
  EXPECT_EQ(client.receive_to_end(), "");
}

TEST(EchoServerFork, ChildrenDoNotKeepThePort) {
  RunningProgram server({"echo-server", "0", "--mode", "fork"});
  const auto port = server.port();
  const TestClient client(port);
  ASSERT_TRUE(echoes(client, "x"));
  ASSERT_THAT(server.children(), SizeIs(1));
  const pid_t child = server.children().front();
  ::kill(child, SIGSTOP);
  server.signal(SIGKILL);
  ASSERT_EQ(server.exit_status(), 128 + SIGKILL);
  RunningProgram next({"echo-server", std::to_string(port), "--mode", "fork"});
  EXPECT_EQ(next.port(), port) << "a stopped child of the last server still holds its listener";
  ::kill(child, SIGCONT);  // it then ends: its server is gone
  EXPECT_EQ(client.receive_to_end(), "");
}

TEST(EchoServerFork, ADeadChildIsToldAndTheOthersLiveOn) {
  RunningProgram server({"echo-server", "0", "--mode", "fork"});
  const auto port = server.port();
  const TestClient first(port);
  ASSERT_TRUE(echoes(first, "x"));
  const auto children = server.children();
  ASSERT_THAT(children, SizeIs(1));
  const TestClient second(port);
  ASSERT_TRUE(echoes(second, "x"));
  ::kill(children.front(), SIGKILL);
  EXPECT_TRUE(server.says(fmt::format("client process {} ended by SIGKILL", children.front())));
  EXPECT_TRUE(echoes(second, "y"));
}

TEST(EchoServerFork, NoMoreThanMaxClientsAtOnce) {
  const RunningProgram server({"echo-server", "0", "--mode", "fork", "--max-clients", "1"});
  const auto port = server.port();
  TestClient first(port);
  ASSERT_TRUE(echoes(first, "first"));
  const TestClient second(port);
  ASSERT_TRUE(second.send("second"));
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(echoes(first, "x"));
  EXPECT_THAT(server.children(), SizeIs(1));
  first.leave();
  EXPECT_EQ(second.receive(6), "second");
}

TEST(EchoServerFork, StopsWhileClientsWaitForTheirTurn) {
  RunningProgram server({"echo-server", "0", "--mode", "fork", "--max-clients", "1"});
  const auto port = server.port();
  const TestClient first(port);
  ASSERT_TRUE(echoes(first, "first"));
  const TestClient second(port);
  server.signal(SIGTERM);
  EXPECT_EQ(server.exit_status(), 0);
  EXPECT_TRUE(second.is_closed());
}

TEST(EchoServerFork, WhenForkFailsTheClientIsClosedAndTheServerGoesOn) {
  // RLIMIT_NPROC counts all processes of a user and does not bind root: the server runs as a user of its own.
  const auto user = static_cast<uid_t>(100'000 + ::getpid());
  const pid_t probe = ::fork();
  if (probe == 0) _exit(::setuid(user) == 0 ? 0 : 1);
  int status = 0;
  ASSERT_EQ(::waitpid(probe, &status, 0), probe);
  if (status != 0) GTEST_SKIP() << "only root can run the server as a user of its own";

  RunningProgram server({"echo-server", "0", "--mode", "fork"}, [&] {
    const rlimit one_child{2, 2};  // and the server
    if (::setuid(user) != 0 || ::setrlimit(RLIMIT_NPROC, &one_child) != 0) _exit(126);
  });
  const auto port = server.port();
  TestClient first(port);
  ASSERT_TRUE(echoes(first, "first"));
  const TestClient unlucky(port);
  ASSERT_TRUE(unlucky.connected());
  EXPECT_TRUE(unlucky.is_closed());
  EXPECT_THAT(server.errors(), HasSubstr("fork for client 127.0.0.1:"));
  EXPECT_THAT(server.errors(), HasSubstr("Resource temporarily unavailable; connection closed"));
  EXPECT_TRUE(echoes(first, "first goes on"));
  first.leave();
  ASSERT_TRUE(eventually([&] { return server.children().empty(); }));
  EXPECT_TRUE(echoes(TestClient(port), "third"));
}

TEST(EchoServerUsage, PortInUseIsAFailureWithAReason) {
  const RunningProgram first({"echo-server", "0"});
  const std::string port = std::to_string(first.port());
  RunningProgram second({"echo-server", port});
  EXPECT_EQ(second.exit_status(), 1);
  EXPECT_THAT(second.errors(), HasSubstr("echo-server: listen on "));
  EXPECT_THAT(second.errors(), HasSubstr(fmt::format(":{}: Address already in use\n", port)));
}

TEST(EchoServerUsage, AddressChoosesWhereItListens) {
  const RunningProgram server({"echo-server", "0", "--address", "127.0.0.1"});
  const auto port = server.port();
  EXPECT_THAT(server.errors(), HasSubstr("listening on 127.0.0.1:"));
  EXPECT_TRUE(echoes(TestClient(port), "x"));
  EXPECT_FALSE(TestClient(port, AF_INET6).connected());
}

TEST(EchoServerUsage, WrongUsageIsTwo) {
  EXPECT_EQ(RunningProgram({"echo-server"}).exit_status(), 2);
  EXPECT_EQ(RunningProgram({"echo-server", "65536"}).exit_status(), 2);
  EXPECT_EQ(RunningProgram({"echo-server", "0", "--mode", "threads"}).exit_status(), 2);
  EXPECT_EQ(RunningProgram({"echo-server", "0", "--address", "nowhere"}).exit_status(), 2);
  EXPECT_EQ(RunningProgram({"echo-server", "0", "--max-clients", "0"}).exit_status(), 2);
}

}  // namespace
}  // namespace wireproof::testing
