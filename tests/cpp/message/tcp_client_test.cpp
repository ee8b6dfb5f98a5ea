// tcp-client as a whole, against tcp-server and against servers that misbehave.

#include <fcntl.h>
#include <fmt/core.h>
#include <gmock/gmock.h>
#include <poll.h>

#include "../base/odd_server.hpp"
#include "../base/running_program.hpp"

namespace wireproof::testing {
namespace {

using ::testing::HasSubstr;

std::string receive_some(int client) {
  std::string bytes(65536, '\0');
  const ssize_t length = ::read(client, bytes.data(), bytes.size());
  bytes.resize(length > 0 ? static_cast<std::size_t>(length) : 0);
  return bytes;
}

class TcpClient : public ::testing::Test {
 protected:
  RunningProgram server_{{"tcp-server", "0", "--mode", "fork"}};
  std::string port_ = std::to_string(server_.port());
};

TEST_F(TcpClient, SendsEachLineWithoutItsEndAndPrintsTheAnswers) {
  RunningProgram client({"tcp-client", "127.0.0.1", port_}, {}, source_of("hi\nhow are you?\n"));
  EXPECT_EQ(client.exit_status(), 0);
  const std::string answer = fmt::format("127.0.0.1:{}: Message received\n", port_);
  EXPECT_EQ(client.output(), answer + answer);
  EXPECT_EQ(client.errors(), "");
  EXPECT_THAT(server_.output(), HasSubstr("received 2 bytes from "));
  EXPECT_THAT(server_.output(), HasSubstr("received 12 bytes from "));
}

TEST_F(TcpClient, AnswersComeWhileTheInputIsOpenAndEndEndsIt) {
  int typed[2];
  ASSERT_EQ(::pipe2(typed, O_CLOEXEC), 0);
  RunningProgram client({"tcp-client", "127.0.0.1", port_}, {}, typed[0]);
  ASSERT_EQ(::write(typed[1], "hi\n", 3), 3);
  EXPECT_TRUE(eventually([&] { return client.output().find("Message received\n") != std::string::npos; }));
  ASSERT_EQ(::write(typed[1], "end\n", 4), 4);
  EXPECT_EQ(client.exit_status(), 0) << "though the input is still open";
  EXPECT_TRUE(server_.says("left after 5 bytes\n"));
  ::close(typed[0]);
  ::close(typed[1]);
}

TEST_F(TcpClient, SignalsEndItInOrder) {
  for (const int signal : {SIGINT, SIGTERM}) {
    int typed[2];
    ASSERT_EQ(::pipe2(typed, O_CLOEXEC), 0);
    RunningProgram client({"tcp-client", "127.0.0.1", port_}, {}, typed[0]);
    ASSERT_EQ(::write(typed[1], "hi\n", 3), 3);
    ASSERT_TRUE(eventually([&] { return !client.output().empty(); }));
    client.signal(signal);
    EXPECT_EQ(client.exit_status(), 0);
    ::close(typed[0]);
    ::close(typed[1]);
  }
  EXPECT_TRUE(server_.says("left after 2 bytes\n")) << "FIN, not RST";
}

TEST_F(TcpClient, ASeriesIsAnsweredOneByOne) {
  RunningProgram client({"tcp-client", "127.0.0.1", port_, "--count", "50", "--size", "1000", "--json", "-"});
  EXPECT_EQ(client.exit_status(), 0);
  EXPECT_THAT(client.output(), HasSubstr(R"({"sent": 50, "bytes": 50000, "answered": 50, "unanswered": 0})"));
  server_.signal(SIGTERM);
  EXPECT_EQ(server_.exit_status(), 0);
  EXPECT_THAT(server_.errors(), HasSubstr("received 50 messages (50000 bytes"));
}

TEST_F(TcpClient, ThoughSentWithoutWaitingFramedMessagesAreAllAnswered) {
  RunningProgram server({"tcp-server", "0", "--framing", "line", "--quiet"});
  RunningProgram client({"tcp-client", "127.0.0.1", std::to_string(server.port()), "--framing", "line", "--count",
                         "5000", "--size", "100", "--no-wait", "--json", "-"});
  EXPECT_EQ(client.exit_status(), 0);
  EXPECT_THAT(client.output(), HasSubstr(R"("answered": 5000, "unanswered": 0)"));
}

TEST(TcpClientAgainst, AMessageTheServerTakesInPiecesArrivesWhole) {
  std::string heard;
  OddServer server([&](int client) {
    const int narrow = 65536;
    ::setsockopt(client, SOL_SOCKET, SO_RCVBUF, &narrow, sizeof narrow);
    while (heard.size() < 1 << 20) {
      const std::string piece = receive_some(client);
      if (piece.empty()) return;
      heard += piece;
    }
    send_all(client, "Message received");
    read_to_end(client);
  });
  RunningProgram client({"tcp-client", "127.0.0.1", server.port(), "--count", "1", "--size", "1048576"});
  EXPECT_EQ(client.exit_status(), 0);
  EXPECT_EQ(heard.size(), 1u << 20);
  EXPECT_TRUE(heard.starts_with("message 1 ..."));
}

/// A listener whose backlog is full: the kernel answers no more SYN, and connecting goes on for minutes.
TEST(TcpClientAgainst, ASignalEndsItInOrderBeforeThereIsAConnection) {
  for (const int signal : {SIGINT, SIGTERM}) {
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&address), length), 0);
    ASSERT_EQ(::listen(listener, 0), 0);
    ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length);
    std::vector<int> waiting;
    for (bool full = false; !full;) {
      waiting.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
      ::connect(waiting.back(), reinterpret_cast<sockaddr*>(&address), length);
      pollfd connected{waiting.back(), POLLOUT, 0};
      full = ::poll(&connected, 1, 200) == 0;
    }
    RunningProgram client(
        {"tcp-client", "127.0.0.1", std::to_string(ntohs(address.sin_port)), "--count", "3", "--json", "-"});
    const std::string status = fmt::format("/proc/{}/status", client.pid());
    EXPECT_TRUE(eventually([&] {
      std::ifstream file(status);
      const std::string facts{std::istreambuf_iterator<char>(file), {}};
      return facts.find("SigBlk:\t0000000000004002") != std::string::npos;
    })) << "SIGINT and SIGTERM are held back";
    client.signal(signal);
    EXPECT_EQ(client.exit_status(), 0) << client.errors();
    EXPECT_EQ(client.output(), R"({"sent": 0, "bytes": 0, "answered": 0, "unanswered": 0})"
                               "\n");
    for (const int socket : waiting) ::close(socket);
    ::close(listener);
  }
}

TEST(TcpClientAgainst, HalfAMillisecondIsNotForEver) {
  OddServer server([](int client) { read_to_end(client); });
  RunningProgram client({"tcp-client", "127.0.0.1", server.port(), "--timeout", "0.0005"}, {}, source_of("hi\n"));
  EXPECT_EQ(client.exit_status(), 1);
}

TEST(TcpClientAgainst, AHostileAnswerIsPrintedEscaped) {
  OddServer server([](int client) {
    receive_some(client);
    send_all(client, "\x1b[2J\xff\nowned\r");
    read_to_end(client);
  });
  RunningProgram client({"tcp-client", "127.0.0.1", server.port()}, {}, source_of("hi\n"));
  EXPECT_EQ(client.exit_status(), 0);
  EXPECT_EQ(client.output(), fmt::format("127.0.0.1:{}: \\x1b[2J\\xff\\x0aowned\\x0d\n", server.port()));
}

TEST(TcpClientAgainst, AServerThatLeavesWithoutAnAnswerIsAFailure) {
  OddServer server([](int client) { receive_some(client); });
  RunningProgram client({"tcp-client", "127.0.0.1", server.port()}, {}, source_of("hi\n"));
  EXPECT_EQ(client.exit_status(), 1);
  EXPECT_THAT(client.errors(),
              HasSubstr(fmt::format("127.0.0.1:{}: closed the connection before it answered", server.port())));
}

TEST(TcpClientAgainst, AServerThatNeverAnswersEndsItsPatience) {
  OddServer server([](int client) { read_to_end(client); });
  RunningProgram client({"tcp-client", "127.0.0.1", server.port(), "--timeout", "0.2"}, {}, source_of("hi\n"));
  EXPECT_EQ(client.exit_status(), 1);
  EXPECT_THAT(client.errors(), HasSubstr("no answer within 0.2 s"));
}

TEST(TcpClientAgainst, NobodyIsAFailureWithTheSystemsReason) {
  RunningProgram client({"tcp-client", "127.0.0.1", "1"}, {}, source_of("hi\n"));
  EXPECT_EQ(client.exit_status(), 1);
  EXPECT_EQ(client.errors(), "tcp-client: connect to 127.0.0.1:1: Connection refused\n");
}

TEST(TcpClientUsage, WrongUsageIsTwo) {
  EXPECT_EQ(RunningProgram({"tcp-client"}).exit_status(), 2);
  EXPECT_EQ(RunningProgram({"tcp-client", "127.0.0.1", "0"}).exit_status(), 2);
  EXPECT_EQ(RunningProgram({"tcp-client", "127.0.0.1", "--size", "5"}).exit_status(), 2) << "of what series?";
  EXPECT_EQ(RunningProgram({"tcp-client", "127.0.0.1", "--count", "0"}).exit_status(), 2);
}

}  // namespace
}  // namespace wireproof::testing
