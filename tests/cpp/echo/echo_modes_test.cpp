// echo-server's single-process modes, at and beyond what select(2) can watch, and the words it says besides.

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <sys/select.h>

#include "../base/descriptors.hpp"
#include "../base/running_program.hpp"
#include "../base/test_client.hpp"

namespace wireproof::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class EchoServerSingleProcess : public ::testing::TestWithParam<std::string> {};

INSTANTIATE_TEST_SUITE_P(Modes, EchoServerSingleProcess, ::testing::Values("select", "async"),
                         [](const auto& info) { return info.param; });

TEST_P(EchoServerSingleProcess, AThousandClientsAtOnceInOneProcess) {
  if (!room_for(2048)) GTEST_SKIP() << "descriptors are limited here";
  RunningProgram server({"echo-server", "0", "--mode", GetParam()});
  const auto port = server.port();
  std::vector<TestClient> clients;
  for (int i = 0; i < 1000; ++i) {
    clients.emplace_back(port);
    ASSERT_TRUE(clients.back().connected()) << i;
  }
  for (std::size_t i = 0; i < clients.size(); ++i) ASSERT_TRUE(clients[i].send(fmt::format("client {:4}", i)));
  for (std::size_t i = 0; i < clients.size(); ++i) ASSERT_EQ(clients[i].receive(11), fmt::format("client {:4}", i));
  EXPECT_THAT(server.children(), IsEmpty());
  server.signal(SIGINT);
  EXPECT_EQ(server.exit_status(), 0);
}

TEST_P(EchoServerSingleProcess, AClientThatNeverReadsDoesNotHoldUpTheOthers) {
  RunningProgram server({"echo-server", "0", "--mode", GetParam()});
  const auto port = server.port();
  const TestClient stuck(port, AF_INET, 4096);
  ASSERT_GT(stuck.send_until_stuck(), 0u);
  const TestClient other(port);
  ASSERT_TRUE(other.send("x"));
  EXPECT_EQ(other.receive(1), "x");
}

TEST_P(EchoServerSingleProcess, NoMoreThanMaxClientsAtOnce) {
  const RunningProgram server({"echo-server", "0", "--mode", GetParam(), "--max-clients", "2"});
  const auto port = server.port();
  std::vector<TestClient> clients;
  for (int i = 0; i < 3; ++i) clients.emplace_back(port);
  for (const auto& client : clients) ASSERT_TRUE(client.send("x"));
  ASSERT_EQ(clients[0].receive(1), "x");
  ASSERT_EQ(clients[1].receive(1), "x");
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(clients[0].send("y"));
    ASSERT_EQ(clients[0].receive(1), "y");
  }
  EXPECT_EQ(std::ranges::count(server.errors(), '\n'), 3) << "where it listens, and two clients";
  clients[1].leave();
  EXPECT_EQ(clients[2].receive(1), "x");
}

TEST(EchoServerSelect, AClientBeyondFdSetsizeIsRefusedInWordsAndTheServerGoesOn) {
  if (!room_for(2 * FD_SETSIZE)) GTEST_SKIP() << "descriptors are limited here";
  RunningProgram server({"echo-server", "0", "--mode", "select"}, descriptors_taken_below(FD_SETSIZE - 20));
  const auto port = server.port();
  std::vector<TestClient> served;
  std::string refusal;
  for (int i = 0; i < 40; ++i) {
    TestClient client(port);
    ASSERT_TRUE(client.connected()) << "by the kernel";
    client.send("are you there?");
    const std::string first = client.receive(1);
    if (first == "a") {
      served.push_back(std::move(client));
      continue;
    }
    refusal = first + client.receive_line();
    EXPECT_TRUE(client.is_closed());
    break;
  }
  EXPECT_THAT(refusal, StartsWith("refused: this server waits with select(2), which knows 1024 descriptors only"));
  EXPECT_TRUE(server.says("(FD_SETSIZE) only"));
  EXPECT_GT(served.size(), 5u);
  for (const auto& client : served) {
    EXPECT_EQ(client.receive(13), "re you there?");
    ASSERT_TRUE(client.send("on we go"));
    EXPECT_EQ(client.receive(8), "on we go");
  }
  served.pop_back();
  ASSERT_TRUE(server.says("left after 22 bytes"));
  const TestClient next(port);
  ASSERT_TRUE(next.send("a place was free"));
  EXPECT_EQ(next.receive(16), "a place was free");
  server.signal(SIGTERM);
  EXPECT_EQ(server.exit_status(), 0);
}

TEST(EchoServerSelect, WithoutADescriptorForItselfItDoesNotStart) {
  if (!room_for(2 * FD_SETSIZE)) GTEST_SKIP() << "descriptors are limited here";
  RunningProgram server({"echo-server", "0", "--mode", "select"}, descriptors_taken_below(FD_SETSIZE));
  EXPECT_EQ(server.exit_status(), 1);
  EXPECT_THAT(server.errors(), HasSubstr("select(2) watches descriptors below 1024 only"));
}

TEST(EchoServerAsync, ThereIsNoFdSetsize) {
  if (!room_for(2 * FD_SETSIZE)) GTEST_SKIP() << "descriptors are limited here";
  const RunningProgram server({"echo-server", "0", "--mode", "async"}, descriptors_taken_below(FD_SETSIZE));
  const TestClient client(server.port());
  ASSERT_TRUE(client.send("still there"));
  EXPECT_EQ(client.receive(11), "still there");
}

/// The exchange of the echo sheet: 36 bytes of welcome, 6 bytes answered by 8, FIN, 14 bytes of goodbye.
class EchoWelcome : public ::testing::TestWithParam<std::string> {};

INSTANTIATE_TEST_SUITE_P(Modes, EchoWelcome, ::testing::Values("iterative", "fork", "select", "async"),
                         [](const auto& info) { return info.param; });

TEST_P(EchoWelcome, GreetsPrefixesRepliesAndSaysGoodbyeToAHalfClosedClient) {
  const std::string welcome = "Welcome, whoever you are; type away\n";
  const std::string goodbye = "See you later\n";
  ASSERT_EQ(welcome.size(), 36u);
  ASSERT_EQ(goodbye.size(), 14u);
  const RunningProgram server({"echo-server", "0", "--mode", GetParam(), "--welcome", welcome, "--reply-prefix", "> ",
                               "--goodbye", goodbye, "--acknowledged-goodbye"});
  const auto port = server.port();
  RunningProgram client(
      {"echo-client", "127.0.0.1", std::to_string(port), "--data", "hello\n", "--await-welcome", "--await-reply"});
  EXPECT_EQ(client.exit_status(), 0);
  EXPECT_EQ(client.output(), welcome + "> hello\n" + goodbye);
  EXPECT_TRUE(server.says("left after 6 bytes\n"));
}

TEST_P(EchoWelcome, AClientWithWhichNothingComesOrGoesIsLeft) {
  using Clock = std::chrono::steady_clock;
  RunningProgram server({"echo-server", "0", "--mode", GetParam(), "--idle-timeout", "1"});
  const auto port = server.port();
  {
    const TestClient client(port);
    // Now and then a byte, for longer than the time-out.
    const auto start = Clock::now();
    for (auto last = start; last - start < std::chrono::milliseconds(1500);) {
      const bool echoed = client.send("x") && client.receive(1) == "x";
      if (Clock::now() - last > std::chrono::milliseconds(500)) GTEST_SKIP() << "the machine is too busy";
      ASSERT_TRUE(echoed);
      last = Clock::now();
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    EXPECT_TRUE(client.is_closed()) << "now it says nothing";
  }
  EXPECT_TRUE(server.says("bytes: idle for 1 s\n"));
  // One that does not read what is sent to it.
  const TestClient stuck(port, AF_INET, 4096);
  ASSERT_GT(stuck.send_until_stuck(), 0u);
  EXPECT_TRUE(eventually([&] { return std::ranges::count(server.errors(), '\n') == 5; }));
  EXPECT_THAT(server.errors().substr(server.errors().rfind(" connected\n")), HasSubstr(": idle for 1 s\n"));
  server.signal(SIGTERM);
  EXPECT_EQ(server.exit_status(), 0);
}

TEST_P(EchoWelcome, AClientThatAcknowledgesTheGoodbyeByClosingIsNoTrouble) {
  const RunningProgram server({"echo-server", "0", "--mode", GetParam(), "--goodbye", "bye", "--acknowledged-goodbye"});
  TestClient rude(server.port());
  rude.end_sending();
  rude.reset();
  EXPECT_TRUE(server.says("left after 0 bytes"));
  const TestClient client(server.port());
  client.end_sending();
  EXPECT_EQ(client.receive_to_end(), "bye");
}

}  // namespace
}  // namespace wireproof::testing
