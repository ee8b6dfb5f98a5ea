// echo-client as a whole, against echo-server and against servers that misbehave.

#include <fcntl.h>
#include <fmt/core.h>
#include <gmock/gmock.h>

#include <future>

#include "../base/odd_server.hpp"
#include "../base/running_program.hpp"
#include "../base/test_client.hpp"

namespace wireproof::testing {
namespace {

using ::testing::HasSubstr;

class EchoClient : public ::testing::Test {
 protected:
  RunningProgram server_{{"echo-server", "0", "--mode", "fork"}};
  std::string port_ = std::to_string(server_.port());
};

TEST_F(EchoClient, ShowsTheEchoOfAText) {
  RunningProgram client({"echo-client", "127.0.0.1", port_, "--data", "hola"});
  EXPECT_EQ(client.exit_status(), 0);
  EXPECT_EQ(client.output(), "hola");
  EXPECT_EQ(client.errors(), "");
}

TEST_F(EchoClient, TenMebibytesPassWithoutDeadlock) {
  std::string bytes(10 << 20, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 2654435761U >> 24);
  RunningProgram client({"echo-client", "127.0.0.1", port_, "--verify"}, {}, source_of(bytes));
  EXPECT_EQ(client.exit_status(), 0);
  EXPECT_TRUE(client.output() == bytes);
  EXPECT_THAT(client.errors(), HasSubstr("10485760 bytes came back exactly"));
}

TEST_F(EchoClient, TheEndOfInputEndsItInOrder) {
  int typed[2];
  ASSERT_EQ(::pipe2(typed, O_CLOEXEC), 0);
  RunningProgram client({"echo-client", "127.0.0.1", port_}, {}, typed[0]);
  ::close(typed[0]);
  ASSERT_EQ(::write(typed[1], "one\n", 4), 4);
  EXPECT_TRUE(eventually([&] { return client.output() == "one\n"; })) << "answers come while input is open";
  ::close(typed[1]);
  EXPECT_EQ(client.exit_status(), 0);
  EXPECT_TRUE(server_.says("left after 4 bytes\n"));
}

TEST_F(EchoClient, AnInterruptEndsItAtOnce) {
  int typed[2];
  ASSERT_EQ(::pipe2(typed, O_CLOEXEC), 0);
  RunningProgram client({"echo-client", "127.0.0.1", port_}, {}, typed[0]);
  ASSERT_TRUE(server_.says("connected"));
  client.signal(SIGINT);
  EXPECT_EQ(client.exit_status(), 128 + SIGINT);
  EXPECT_TRUE(server_.says("left after 0 bytes"));
  ::close(typed[0]);
  ::close(typed[1]);
}

TEST(EchoClientVerify, AnAlteredByteIsFoundAtItsOffset) {
  OddServer server([](int client) {
    std::string bytes = read_to_end(client);
    bytes[70'000] ^= 1;
    send_all(client, bytes);
  });
  RunningProgram client({"echo-client", "127.0.0.1", server.port(), "--verify"}, {},
                        source_of(std::string(100'000, 'a')));
  EXPECT_EQ(client.exit_status(), 1);
  EXPECT_THAT(client.errors(), HasSubstr("echo differs: first difference at offset 70000"));
}

TEST(EchoClientVerify, AShortEchoIsFound) {
  OddServer server([](int client) { send_all(client, read_to_end(client).substr(1)); });
  RunningProgram client({"echo-client", "127.0.0.1", server.port(), "--verify", "--data", "aaaa"});
  EXPECT_EQ(client.exit_status(), 1);
  EXPECT_THAT(client.errors(), HasSubstr("echo is short: 3 of 4 bytes came back, first difference at offset 3"));
}

/// Echoes the first bytes exactly, and closes while the client's input is open.
TEST(EchoClientVerify, AnEchoThatEndsBeforeTheInputIsFound) {
  int typed[2];
  ASSERT_EQ(::pipe2(typed, O_CLOEXEC), 0);
  OddServer server([](int client) {
    char bytes[4];
    ASSERT_EQ(::recv(client, bytes, sizeof bytes, MSG_WAITALL), 4);
    send_all(client, {bytes, sizeof bytes});
  });
  RunningProgram client({"echo-client", "127.0.0.1", server.port(), "--verify"}, {}, typed[0]);
  ASSERT_EQ(::write(typed[1], "aaaa", 4), 4);
  EXPECT_EQ(client.exit_status(), 1);
  EXPECT_EQ(client.output(), "aaaa");
  EXPECT_THAT(client.errors(), HasSubstr("the echo ended after 4 bytes, before everything was sent"));
  ::close(typed[0]);
  ::close(typed[1]);
}

TEST(EchoClientVerify, AServerThatEndsFirstMayHaveEchoedAll) {
  OddServer server([](int client) {
    char bytes[4];
    ASSERT_EQ(::recv(client, bytes, sizeof bytes, MSG_WAITALL), 4);
    send_all(client, {bytes, sizeof bytes});
  });
  RunningProgram client({"echo-client", "127.0.0.1", server.port(), "--verify"}, {}, source_of("aaaa"));
  EXPECT_EQ(client.exit_status(), 0) << client.errors();
}

TEST(EchoClientVerify, WithoutItAnyAnswerIsFine) {
  OddServer server([](int client) { send_all(client, "HELLO, " + read_to_end(client)); });
  RunningProgram client({"echo-client", "127.0.0.1", server.port(), "--data", "you"});
  EXPECT_EQ(client.exit_status(), 0);
  EXPECT_EQ(client.output(), "HELLO, you");
}

TEST(EchoClientFailure, AServerThatNeverAnswersIsGivenUp) {
  std::promise<void> over;
  OddServer server([&](int client) {
    read_to_end(client);
    over.get_future().wait();
  });
  RunningProgram client({"echo-client", "127.0.0.1", server.port(), "--data", "x", "--timeout", "0.2"});
  EXPECT_EQ(client.exit_status(), 1);
  EXPECT_THAT(client.errors(), HasSubstr("nothing came or went for 200 ms"));
  over.set_value();
}

TEST(EchoClientFailure, HalfAMillisecondIsNotForEver) {
  std::promise<void> over;
  OddServer server([&](int client) {
    read_to_end(client);
    over.get_future().wait();
  });
  RunningProgram client({"echo-client", "127.0.0.1", server.port(), "--data", "x", "--timeout", "0.0005"});
  EXPECT_EQ(client.exit_status(), 1);
  over.set_value();
}

TEST(EchoClientFailure, AServerThatLeavesEarlyIsTold) {
  OddServer server([](int client) {
    char byte;
    EXPECT_EQ(::recv(client, &byte, 1, 0), 1);
  });
  RunningProgram client({"echo-client", "127.0.0.1", server.port()}, {}, source_of(std::string(32 << 20, 'x')));
  EXPECT_EQ(client.exit_status(), 1);
  EXPECT_THAT(client.errors(), HasSubstr(fmt::format("127.0.0.1:{}", server.port())));
}

TEST(EchoClientFailure, ARefusalNamesAddressAndReason) {
  std::string port;
  {
    const RunningProgram server({"echo-server", "0"});
    port = std::to_string(server.port());
  }
  RunningProgram client({"echo-client", "127.0.0.1", port, "--data", "x"});
  EXPECT_EQ(client.exit_status(), 1);
  EXPECT_EQ(client.errors(), fmt::format("echo-client: connect to 127.0.0.1:{}: Connection refused\n", port));
}

TEST(EchoClientFailure, BadArgumentsAreToldApart) {
  RunningProgram unknown({"echo-client", "no-such-host.invalid", "7", "--data", "x"});
  EXPECT_EQ(unknown.exit_status(), 1);
  EXPECT_THAT(unknown.errors(), HasSubstr("find the address of 'no-such-host.invalid': "));
  RunningProgram missing({"echo-client", "127.0.0.1", "7", "--file", "/no/such/file"});
  EXPECT_EQ(missing.exit_status(), 1);
  EXPECT_THAT(missing.errors(), HasSubstr("open /no/such/file: No such file or directory"));
  EXPECT_EQ(RunningProgram({"echo-client", "127.0.0.1"}).exit_status(), 2);
  EXPECT_EQ(RunningProgram({"echo-client", "127.0.0.1", "0"}).exit_status(), 2);
  EXPECT_EQ(RunningProgram({"echo-client", "127.0.0.1", "7", "--data", "x", "--file", "y"}).exit_status(), 2);
}

}  // namespace
}  // namespace wireproof::testing
