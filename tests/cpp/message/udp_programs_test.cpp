// udp-server and udp-client as a whole, over loopback.

#include <fmt/core.h>
#include <gmock/gmock.h>

#include <sstream>

#include "../base/odd_server.hpp"
#include "../base/running_program.hpp"
#include "../base/test_datagrams.hpp"

namespace wireproof::testing {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

/// The drops that the kernel shows for a bound IPv4 port, -1 when there is no such line.
long drops_in_proc(std::uint16_t port) {
  std::ifstream table("/proc/net/udp");
  for (std::string line; std::getline(table, line);) {
    std::istringstream words(line);
    const std::vector<std::string> columns{std::istream_iterator<std::string>(words), {}};
    if (columns.size() > 12 && columns[1].ends_with(fmt::format(":{:04X}", port))) return std::stol(columns.back());
  }
  return -1;
}

TEST(UdpServer, OneSocketServesSeveralClients) {
  RunningProgram server({"udp-server", "0", "--json", "-"});
  const auto port = server.port();
  const TestDatagrams a;
  const TestDatagrams b;
  for (const auto* client : {&a, &b, &a}) {
    client->send(port, "hi");
    std::uint16_t from = 0;
    EXPECT_EQ(client->receive(&from), "Message received");
    EXPECT_EQ(from, port);
  }
  a.send(port, "end");
  EXPECT_EQ(a.receive(), "Message received");
  EXPECT_TRUE(server.says(fmt::format("client 127.0.0.1:{} ended its session", a.port())));
  b.send(port, "the others go on");
  EXPECT_EQ(b.receive(), "Message received");
  server.signal(SIGTERM);
  EXPECT_EQ(server.exit_status(), 0);
  EXPECT_THAT(server.output(), StartsWith(fmt::format("received 2 bytes from 127.0.0.1:{}: hi\n", a.port())));
  EXPECT_THAT(server.output(),
              HasSubstr(R"("clients": 2, "received": 5, "delivered": 5, "truncated": 0, "bytes": 25)"));
}

TEST(UdpServer, AReceiveOfFiftyBytesCutsADatagramAndThatIsToldAndCounted) {
  RunningProgram server({"udp-server", "0", "--receive-size", "50", "--json", "-"});
  const auto port = server.port();
  const TestDatagrams client;
  for (const std::size_t size : {49u, 50u, 51u, 65507u}) {
    client.send(port, std::string(size, 'a'));
    EXPECT_EQ(client.receive(), "Message received");
  }
  server.signal(SIGINT);
  EXPECT_EQ(server.exit_status(), 0);
  EXPECT_THAT(server.output(), HasSubstr("received 50 bytes from "));
  EXPECT_THAT(server.output(), HasSubstr("received 50 of 51 bytes from "));
  EXPECT_THAT(server.output(), HasSubstr("received 50 of 65507 bytes from "));
  EXPECT_THAT(server.output(), HasSubstr(R"("received": 4, "delivered": 2, "truncated": 2, "bytes": 199)"));
  EXPECT_THAT(server.output(), HasSubstr(R"("bytes_cut": 65458, "answered": 4, "dropped": 0, "unread": 0)"));
}

TEST(UdpServer, ACutBeginningOfEndEndsNoSession) {
  RunningProgram server({"udp-server", "0", "--receive-size", "3"});
  const TestDatagrams client;
  client.send(server.port(), "endless");
  EXPECT_EQ(client.receive(), "Message received");
  server.signal(SIGTERM);
  EXPECT_EQ(server.exit_status(), 0);
  EXPECT_THAT(server.errors(), Not(HasSubstr("ended its session")));
}

TEST(UdpServer, WhatWasSentIsDeliveredOrTruncatedOrDroppedOrUnreadExactly) {
  RunningProgram server({"udp-server", "0", "--address", "127.0.0.1", "--receive-size", "50", "--receive-buffer",
                         "8192", "--delay", "3600", "--json", "-"});
  const auto port = server.port();
  const TestDatagrams client;
  client.send(port, "whole");
  EXPECT_EQ(client.receive(), "Message received");  // now it rests, and its buffer overflows
  for (int i = 0; i < 500; ++i) client.send(port, std::string(500, 'x'));
  const long drops = drops_in_proc(port);
  EXPECT_GT(drops, 400);
  EXPECT_LT(drops, 500);
  server.signal(SIGTERM);
  EXPECT_EQ(server.exit_status(), 0);
  EXPECT_THAT(server.output(), HasSubstr(R"("received": 1, "delivered": 1, "truncated": 0)"));
  EXPECT_THAT(server.output(),
              HasSubstr(fmt::format("\"dropped\": {}, \"unread\": {}, \"receive_buffer\": 16384", drops, 500 - drops)));
  EXPECT_THAT(server.errors(),
              HasSubstr(fmt::format("{} dropped by the kernel, {} not read any more", drops, 500 - drops)));
}

TEST(UdpServer, EmptyAndHostileDatagramsAreAnsweredAndPrintedEscaped) {
  const RunningProgram server({"udp-server", "0"});
  const auto port = server.port();
  const TestDatagrams client;
  for (const std::string_view bytes : {std::string_view(""), std::string_view("\x1b[2J\xff\n\0\x07", 8)}) {
    client.send(port, bytes);
    EXPECT_EQ(client.receive(), "Message received");
  }
  EXPECT_THAT(server.output(),
              EndsWith(fmt::format("received 0 bytes from 127.0.0.1:{0}: \n"
                                   "received 8 bytes from 127.0.0.1:{0}: \\x1b[2J\\xff\\x0a\\x00\\x07\n",
                                   client.port())));
}

TEST(UdpServer, WrongUsageIsTwoAndAPortInUseIsOne) {
  EXPECT_EQ(RunningProgram({"udp-server", "65536"}).exit_status(), 2);
  EXPECT_EQ(RunningProgram({"udp-server", "0", "--receive-size", "0"}).exit_status(), 2);
  EXPECT_EQ(RunningProgram({"udp-server", "0", "--address", "nowhere"}).exit_status(), 2);
  EXPECT_EQ(RunningProgram({"udp-server", "0", "--delay", "-1"}).exit_status(), 2);
  const RunningProgram first({"udp-server", "0"});
  RunningProgram second({"udp-server", std::to_string(first.port())});
  EXPECT_EQ(second.exit_status(), 1);
  EXPECT_THAT(second.errors(), HasSubstr("(udp): Address already in use"));
}

TEST(UdpClient, SendsEachLineAsADatagramAndPrintsTheAnswers) {
  RunningProgram server({"udp-server", "0"});
  const auto port = std::to_string(server.port());
  RunningProgram client({"udp-client", "127.0.0.1", port, "--timeout", "20"}, {}, source_of("hi\n\nend\nnot this\n"));
  EXPECT_EQ(client.exit_status(), 0);
  const std::string answer = fmt::format("127.0.0.1:{}: Message received\n", port);
  EXPECT_EQ(client.output(), answer + answer + answer);
  EXPECT_THAT(server.output(), Not(HasSubstr("not this")));
}

TEST(UdpServer, AnswersFromTheAddressThatWasAsked) {
  const RunningProgram server({"udp-server", "0"});
  // Of several addresses of its host the kernel would choose the first, which to this client is a stranger.
  RunningProgram client({"udp-client", "127.0.0.2", std::to_string(server.port()), "--timeout", "20"}, {},
                        source_of("hi\n"));
  EXPECT_EQ(client.exit_status(), 0);
  EXPECT_EQ(client.output(), fmt::format("127.0.0.2:{}: Message received\n", server.port()));
}

TEST(UdpClient, AHundredDatagramsThatNobodyWaitsForAreCounted) {
  RunningProgram server({"udp-server", "0", "--quiet"});
  RunningProgram client({"udp-client", "127.0.0.1", std::to_string(server.port()), "--count", "100", "--size", "565",
                         "--no-wait", "--timeout", "20", "--json", "-"});
  EXPECT_EQ(client.exit_status(), 0);
  EXPECT_THAT(client.output(), HasSubstr(R"({"sent": 100, "bytes": 56500, "answered": 100, "unanswered": 0})"));
  server.signal(SIGTERM);
  EXPECT_EQ(server.exit_status(), 0);
  EXPECT_THAT(server.errors(),
              HasSubstr("received 100 messages (56500 bytes, 0 of the messages truncated) from 1 clients"));
}

TEST(UdpClient, LearnsOfARefusalOnlyWhenConnected) {
  RunningProgram unconnected({"udp-client", "127.0.0.1", "1", "--timeout", "0.2"}, {}, source_of("hi\n"));
  EXPECT_EQ(unconnected.exit_status(), 1);
  EXPECT_THAT(unconnected.errors(), HasSubstr("127.0.0.1:1: no answer within 0.2 s"));
  EXPECT_THAT(unconnected.errors(), Not(HasSubstr("refused")));
  RunningProgram connected({"udp-client", "127.0.0.1", "1", "--connected"}, {}, source_of("hi\n"));
  EXPECT_EQ(connected.exit_status(), 1);
  EXPECT_EQ(connected.errors(), "udp-client: receive from 127.0.0.1:1: Connection refused\n");
}

TEST(UdpClient, AStrangersDatagramIsNoAnswer) {
  const TestDatagrams server;
  const TestDatagrams stranger;
  RunningProgram client({"udp-client", "127.0.0.1", std::to_string(server.port()), "--timeout", "20"}, {},
                        source_of("hi\n"));
  std::uint16_t port = 0;
  EXPECT_EQ(server.receive(&port), "hi");
  stranger.send(port, "Message forged");
  EXPECT_TRUE(client.says(fmt::format("a datagram that is not from 127.0.0.1:{} is not an answer", server.port())));
  server.send(port, "\x1b[2JMessage received");
  EXPECT_EQ(client.exit_status(), 0);
  EXPECT_EQ(client.output(), fmt::format("127.0.0.1:{}: \\x1b[2JMessage received\n", server.port()));
}

TEST(UdpClient, AMessageTooLongForADatagramIsToldAndTheNextOneGoes) {
  const RunningProgram server({"udp-server", "0", "--quiet"});
  RunningProgram client({"udp-client", "127.0.0.1", std::to_string(server.port()), "--timeout", "20"}, {},
                        source_of(std::string(70'000, 'x') + "\nhi\n"));
  EXPECT_EQ(client.exit_status(), 1);
  EXPECT_THAT(client.errors(), HasSubstr("a message of 70000 bytes: Message too long"));
  EXPECT_THAT(client.errors(), HasSubstr("1 of 2 messages could not be sent"));
  EXPECT_THAT(client.output(), HasSubstr("Message received\n"));
}

}  // namespace
}  // namespace wireproof::testing
