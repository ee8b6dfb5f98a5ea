// echo-server and echo-client with --udp as a whole, over loopback.

#include <fmt/core.h>
#include <gmock/gmock.h>

#include <algorithm>

#include "../base/odd_server.hpp"
#include "../base/running_program.hpp"
#include "../base/test_datagrams.hpp"

namespace wireproof::testing {
namespace {

using ::testing::HasSubstr;

TEST(EchoServerUdp, OneSocketServesAllAndCounts) {
  RunningProgram server({"echo-server", "0", "--udp"});
  const auto port = server.port();
  const TestDatagrams one;
  const TestDatagrams other;
  for (const auto* client : {&one, &other, &one}) {
    for (const std::string& bytes : {std::string("hola"), std::string(), std::string(65507, 'x')}) {
      client->send(port, bytes);
      std::uint16_t from = 0;
      EXPECT_TRUE(client->receive(&from) == bytes);
      EXPECT_EQ(from, port);
    }
  }
  server.signal(SIGTERM);
  EXPECT_EQ(server.exit_status(), 0);
  EXPECT_THAT(server.errors(),
              HasSubstr("received 9 datagrams (196533 bytes), sent back 9, left 0 whose answer would be answered; 0 "
                        "dropped by the kernel, 0 not read any more\n"));
}

TEST(EchoServerUdp, AClientOfTheSecondAddressGetsItsReplyFromThere) {
  const RunningProgram server({"echo-server", "0", "--udp"});
  RunningProgram client({"echo-client", "127.0.0.2", std::to_string(server.port()), "--udp", "--data", "hola"});
  EXPECT_EQ(client.exit_status(), 0);
  EXPECT_EQ(client.output(), "hola");
  EXPECT_EQ(client.errors(), "");
}

TEST(EchoServerUdp, AnotherEchoServersDatagramIsNotAnswered) {
  const TestDatagrams another(INADDR_LOOPBACK + 1);
  const auto port = another.port();  // of one of its kind on another address, as a stranger may forge it
  RunningProgram server({"echo-server", std::to_string(port), "--udp", "--address", "127.0.0.1"});
  ASSERT_TRUE(server.says("listening on"));
  another.send(port, "for ever");
  const TestDatagrams client;
  client.send(port, "last");
  EXPECT_EQ(client.receive(), "last");
  server.signal(SIGINT);
  EXPECT_EQ(server.exit_status(), 0);
  EXPECT_THAT(server.errors(), HasSubstr("received 2 datagrams (12 bytes), sent back 1, left 1 whose answer"));
}

TEST(EchoServerUdp, APortOfTheKernelsChoiceIsItsOwnToo) {
  RunningProgram server({"echo-server", "0", "--udp", "--address", "127.0.0.1"});
  const auto port = server.port();
  const TestDatagrams another(INADDR_LOOPBACK + 1, port);
  another.send(port, "for ever");
  const TestDatagrams client;
  client.send(port, "last");
  EXPECT_EQ(client.receive(), "last");
  server.signal(SIGINT);
  EXPECT_EQ(server.exit_status(), 0);
  EXPECT_THAT(server.errors(), HasSubstr("sent back 1, left 1 whose answer"));
}

TEST(EchoServerUdp, DatagramsOfEveryLengthComeBackAsTheyWere) {
  const RunningProgram server({"echo-server", "0", "--udp"});
  const auto port = server.port();
  const TestDatagrams client;
  std::string bytes(65507, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 2654435761U >> 24);
  for (std::size_t length = 0; length <= bytes.size(); length += length < 1500 ? 1 : 997) {
    const std::string_view part = std::string_view(bytes).substr(bytes.size() - length);
    client.send(port, part);
    ASSERT_TRUE(client.receive() == part) << length;
  }
}

TEST(EchoServerUdp, WhatIsAboutConnectionsIsWrongUsage) {
  for (const auto& words : std::vector<std::vector<std::string>>{{"--mode", "fork"},
                                                                 {"--backlog", "1"},
                                                                 {"--max-clients", "1"},
                                                                 {"--idle-timeout", "1"},
                                                                 {"--welcome", "x"},
                                                                 {"--goodbye", "x"},
                                                                 {"--reply-prefix", "x"}}) {
    RunningProgram server({"echo-server", "0", "--udp", words[0], words[1]});
    EXPECT_EQ(server.exit_status(), 2) << words[0];
    EXPECT_THAT(server.errors(), HasSubstr("excludes"));
  }
}

class EchoClientUdp : public ::testing::Test {
 protected:
  /// A client of this test's socket.
  RunningProgram client(const std::vector<std::string>& options, std::string_view input) {
    std::vector<std::string> words{"echo-client", "127.0.0.1", std::to_string(server_.port()), "--udp"};
    words.insert(words.end(), options.begin(), options.end());
    return RunningProgram(std::move(words), {}, source_of(input));
  }

  TestDatagrams server_;
  std::uint16_t from_ = 0;
};

TEST_F(EchoClientUdp, EachLineIsADatagram) {
  const RunningProgram server({"echo-server", "0", "--udp"});
  RunningProgram client({"echo-client", "127.0.0.1", std::to_string(server.port()), "--udp"}, {},
                        source_of("one\n\nthree"));
  EXPECT_EQ(client.exit_status(), 0);
  EXPECT_EQ(client.output(), "one\n\nthree\n");
  EXPECT_EQ(client.errors(), "");
}

TEST_F(EchoClientUdp, BlocksOfAnyBytesComeBackExactly) {
  const RunningProgram server({"echo-server", "0", "--udp"});
  std::string bytes(200'000, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 2654435761U >> 24);
  RunningProgram client({"echo-client", "127.0.0.1", std::to_string(server.port()), "--udp", "--block", "65507"}, {},
                        source_of(bytes));
  EXPECT_EQ(client.exit_status(), 0);
  EXPECT_TRUE(client.output() == bytes);
}

TEST_F(EchoClientUdp, AnEmptyTextIsAnEmptyDatagram) {
  RunningProgram one = client({"--data", ""}, "");
  EXPECT_EQ(server_.receive(&from_), "");
  server_.send(from_, "");
  EXPECT_EQ(one.exit_status(), 0);
}

TEST_F(EchoClientUdp, LostLateAndDoubledRepliesAreToldApart) {
  RunningProgram one = client({"--timeout", "1"}, "one\ntwo\nthree\nfour\n");
  EXPECT_EQ(server_.receive(&from_), "one");
  server_.send(from_, "one");
  EXPECT_EQ(server_.receive(&from_), "two");
  server_.send(from_, "one");  // twice; and none to the second
  EXPECT_EQ(server_.receive(&from_), "three");
  EXPECT_EQ(server_.receive(&from_), "four");
  server_.send(from_, "three");
  server_.send(from_, "four");
  EXPECT_EQ(one.exit_status(), 1);
  EXPECT_EQ(one.output(), "one\nfour\n");
  EXPECT_THAT(one.errors(), HasSubstr("no reply to datagram 2 within 1 s"));
  EXPECT_THAT(one.errors(), HasSubstr("the reply to datagram 1 came twice"));
  EXPECT_THAT(one.errors(), HasSubstr("the reply to datagram 3 came late, after 1."));
  EXPECT_THAT(one.errors(), HasSubstr("4 datagrams sent: 2 answered in time, 1 late, 1 lost; 1 reply came twice\n"));
}

TEST_F(EchoClientUdp, ItStaysForTheLastReplyWhenThatIsLate) {
  RunningProgram one = client({"--timeout", "0.1", "--linger", "30", "--data", "x"}, "");
  EXPECT_EQ(server_.receive(&from_), "x");
  ASSERT_TRUE(one.says("no reply to datagram 1 within 0.1 s"));
  server_.send(from_, "x");
  EXPECT_TRUE(one.says("the reply to datagram 1 came late"));
  server_.send(from_, "x");
  EXPECT_TRUE(one.says("the reply to datagram 1 came twice"));
}

TEST_F(EchoClientUdp, WithoutAnOptionItStaysAsLongAsForAReply) {
  RunningProgram one = client({"--timeout", "0.1", "--data", "x"}, "");
  EXPECT_EQ(one.exit_status(), 1);
  EXPECT_THAT(one.errors(), HasSubstr("1 datagram sent: 0 answered in time, 1 lost\n"));
}

TEST_F(EchoClientUdp, BytesThatAreNoReplyAreToldAndMadeSafe) {
  RunningProgram one = client({"--timeout", "20", "--data", "x"}, "");
  EXPECT_EQ(server_.receive(&from_), "x");
  server_.send(from_, "\x1b[2J");
  server_.send(from_, "x");
  EXPECT_EQ(one.exit_status(), 0);
  EXPECT_EQ(one.output(), "x");
  EXPECT_THAT(one.errors(), HasSubstr("4 bytes that are no reply: '\\x1b[2J'"));
}

TEST_F(EchoClientUdp, OfAFloodOfThemLittleIsTold) {
  RunningProgram one = client({"--timeout", "20", "--data", "x"}, "");
  EXPECT_EQ(server_.receive(&from_), "x");
  server_.send(from_, std::string(65507, 'y'));
  for (int i = 0; i < 150; ++i) server_.send(from_, "z");
  server_.send(from_, "x");
  EXPECT_EQ(one.exit_status(), 0);
  EXPECT_EQ(one.output(), "x");
  const std::string errors = one.errors();
  EXPECT_THAT(errors, HasSubstr("65507 bytes that are no reply: '" + std::string(64, 'y') + "' …\n"));
  EXPECT_THAT(errors, HasSubstr("of more such datagrams only the number is told, at the end\n"));
  EXPECT_THAT(errors, HasSubstr("1 datagram sent: 1 answered in time; 151 that no datagram asked for\n"));
  EXPECT_EQ(std::count(errors.begin(), errors.end(), '\n'), 102);
}

TEST_F(EchoClientUdp, AStrangersDatagramIsNotHeard) {
  const TestDatagrams stranger;
  RunningProgram one = client({"--timeout", "20", "--data", "x"}, "");
  EXPECT_EQ(server_.receive(&from_), "x");
  stranger.send(from_, "x");
  server_.send(from_, "x");
  EXPECT_EQ(one.exit_status(), 0);
  EXPECT_EQ(one.output(), "x");
  EXPECT_EQ(one.errors(), "");
}

TEST(EchoClientUdpRefused, ARefusalIsToldAtOnceAndTheNextDatagramGoesAllTheSame) {
  RunningProgram client({"echo-client", "127.0.0.1", "1", "--udp", "--timeout", "60"}, {}, source_of("one\ntwo\n"));
  EXPECT_EQ(client.exit_status(), 1);
  EXPECT_EQ(client.errors(),
            "echo-client: 127.0.0.1:1: datagram 1: Connection refused\n"
            "echo-client: 127.0.0.1:1: datagram 2: Connection refused\n"
            "echo-client: 127.0.0.1:1: 2 datagrams sent: 0 answered in time, 2 refused\n");
}

TEST(EchoClientUdpRefused, ATextThatIsTooLongIsToldAndTheNextOneGoes) {
  const RunningProgram server({"echo-server", "0", "--udp"});
  RunningProgram client({"echo-client", "127.0.0.1", std::to_string(server.port()), "--udp"}, {},
                        source_of(std::string(65'508, 'x') + "\nhi\n"));
  EXPECT_EQ(client.exit_status(), 1);
  EXPECT_EQ(client.output(), "hi\n");
  EXPECT_THAT(client.errors(), HasSubstr("a datagram of 65508 bytes: Message too long"));
}

TEST(EchoClientUdpRefused, WhatIsAboutConnectionsIsWrongUsage) {
  for (const char* const option : {"--verify", "--await-welcome", "--await-reply"}) {
    EXPECT_EQ(RunningProgram({"echo-client", "127.0.0.1", "7", "--udp", option}).exit_status(), 2) << option;
  }
  EXPECT_EQ(RunningProgram({"echo-client", "127.0.0.1", "7", "--linger", "1"}).exit_status(), 2);
  EXPECT_EQ(RunningProgram({"echo-client", "127.0.0.1", "7", "--block", "1"}).exit_status(), 2);
  EXPECT_EQ(RunningProgram({"echo-client", "127.0.0.1", "7", "--udp", "--block", "65508"}).exit_status(), 2);
}

}  // namespace
}  // namespace wireproof::testing
