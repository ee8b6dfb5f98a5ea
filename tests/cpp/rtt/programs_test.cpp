// rtt-probe and rtt-responder as whole programs, over loopback.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "../base/running_program.hpp"
#include "../base/test_client.hpp"
#include "net/udp_socket.hpp"
#include "rtt/message.hpp"

namespace wireproof::rtt::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using wireproof::testing::eventually;
using wireproof::testing::RunningProgram;
using wireproof::testing::TestClient;

std::string_view text_of(const std::vector<std::uint8_t>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// What a run of rtt-probe told.
struct Outcome {
  int status = 0;
  std::string output;
  std::string errors;
};
/// By ten probes, so far apart that a busy machine is no reason to miss one, unless `words` say another thing.
Outcome probe(std::vector<std::string> words, const std::string& folder = {}) {
  const std::vector<std::pair<std::string, std::string>> defaults = {
      {"--interval", "0.1"}, {"--seconds", "1"}, {"--timeout", "2"}};
  for (const auto& [name, value] : defaults) {
    if (std::find(words.begin(), words.end(), name) == words.end()) words.insert(words.end(), {name, value});
  }
  words.insert(words.begin(), "rtt-probe");
  RunningProgram program(words, [&folder] {
    if (!folder.empty()) static_cast<void>(::chdir(folder.c_str()));
  });
  const int status = program.exit_status();
  return {status, program.output(), program.errors()};
}

class RttPrograms : public ::testing::Test {
 protected:
  std::string host() const { return fmt::format("127.0.0.1:{}", responder_.port()); }

  RunningProgram responder_{{"rtt-responder", "0"}};
};

TEST_F(RttPrograms, MeasureOverUdp) {
  const Outcome outcome = probe({host(), "--json", "-"});
  EXPECT_EQ(outcome.status, 0) << outcome.errors;
  EXPECT_THAT(outcome.output, StartsWith(host() + " over udp\n  sent=10 received=10 lost=0 late=0\n  average="));
  EXPECT_THAT(outcome.output, HasSubstr("responder's own time subtracted"));
  // The kernel tells of a departure mostly at once, not always.
  EXPECT_THAT(outcome.output, Not(HasSubstr("10 without the kernel's stamps")));
  EXPECT_THAT(outcome.output, HasSubstr(R"("transport": "udp", "sent": 10, "received": 10, "lost": 0)"));
}

TEST_F(RttPrograms, MeasureByHandshakesAndStreamsAndCompare) {
  const Outcome outcome = probe({"--udp", "--tcp", "--stream", host()});
  EXPECT_EQ(outcome.status, 0) << outcome.errors;
  EXPECT_THAT(outcome.output, HasSubstr("over tcp\n  sent=10 received=10 lost=0"));
  EXPECT_THAT(outcome.output, HasSubstr("over tcp stream\n  sent=10 received=10 lost=0"));
  EXPECT_THAT(outcome.output, HasSubstr("127.0.0.1: udp "));
}

TEST_F(RttPrograms, MeasureAtPoissonsTimes) {
  const Outcome outcome = probe({host(), "--poisson", "--seconds", "1"});
  EXPECT_EQ(outcome.status, 0) << outcome.errors;
  EXPECT_THAT(outcome.output, HasSubstr("lost=0"));
}

TEST_F(RttPrograms, OfAnySizeComeBackAsLongAsTheyWere) {
  const Outcome outcome = probe({host(), "--size", "1400"});
  EXPECT_THAT(outcome.output, HasSubstr("sent=10 received=10"));
}

TEST(RttProbe, NeedsNoResponderButAnEchoService) {
  UdpSocket service = UdpSocket::listening("127.0.0.1", 0);
  std::jthread echo([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      service.receive_each(
          [&](const UdpSocket::Datagram& datagram) { service.send_to(datagram.from, datagram.bytes); });
      std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
  });
  const Outcome outcome = probe({name_of(service.local())});
  EXPECT_EQ(outcome.status, 0) << outcome.errors;
  EXPECT_THAT(outcome.output, HasSubstr("sent=10 received=10 lost=0"));
  EXPECT_THAT(outcome.output, Not(HasSubstr("own time")));
}

TEST(RttProbe, TakesAResetForAnAnswer) {
  const Outcome outcome = probe({"--tcp", "127.0.0.1:1"});
  EXPECT_EQ(outcome.status, 0) << outcome.errors;
  EXPECT_THAT(outcome.output, HasSubstr("sent=10 received=10 lost=0 late=0 refused=10"));
}

TEST(RttProbe, TellsThatNobodyAnswers) {
  const UdpSocket silent = UdpSocket::listening("127.0.0.1", 0);
  const Outcome outcome = probe({name_of(silent.local())});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.output, HasSubstr("sent=10 received=0 lost=10 (100.0 %: 0 on the way there, 0 on the way back, "
                                        "10 unknown)"));
  EXPECT_THAT(outcome.output, HasSubstr("average=- ms"));
  EXPECT_THAT(outcome.output, HasSubstr("minimum=infinite ms median=infinite ms"));
}

TEST(RttProbe, TellsRepliesThatComeAfterTheTimeoutFromLostOnes) {
  UdpSocket service = UdpSocket::listening("127.0.0.1", 0);
  std::jthread echo([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      service.receive_each([&](const UdpSocket::Datagram& datagram) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1020));
        service.send_to(datagram.from, datagram.bytes);
      });
    }
  });
  const Outcome outcome = probe({name_of(service.local()), "--timeout", "1", "--interval", "1"});
  const std::string words = "sent=1 received=0 lost=0 late=1 (up to ";
  const std::size_t found = outcome.output.find(words);
  ASSERT_NE(found, std::string::npos) << outcome.output;
  EXPECT_GE(std::stod(outcome.output.substr(found + words.size())), 1020) << "ms";
}

/// Each probe is answered from another address first, as anybody can who has seen it, then by 64 KiB of something else.
TEST(RttProbe, LetsNobodyElseAnswerAndDropsWhatIsNoReply) {
  UdpSocket service = UdpSocket::listening("127.0.0.1", 0);
  const UdpSocket forger = UdpSocket::listening("127.0.0.1", 0);
  std::jthread answer([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      service.receive_each([&](const UdpSocket::Datagram& datagram) {
        forger.send_to(datagram.from, datagram.bytes);
        service.send_to(datagram.from, std::string(65507, 'R'));
        std::string other(datagram.bytes);
        other[8] = static_cast<char>(other[8] ^ 1);  // of the session
        service.send_to(datagram.from, other);
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
        service.send_to(datagram.from, datagram.bytes);
      });
      std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
  });
  const Outcome outcome = probe({name_of(service.local()), "--json", "-"});
  EXPECT_EQ(outcome.status, 0) << outcome.errors;
  EXPECT_THAT(outcome.output, HasSubstr("sent=10 received=10 lost=0 late=0\n"));
  EXPECT_THAT(outcome.output, HasSubstr("udp: 10 answers from another address than was asked\n"));
  EXPECT_THAT(outcome.output, HasSubstr("udp: 10 messages that answer no probe\n"));
  EXPECT_THAT(outcome.output, HasSubstr("udp: 10 datagrams or connections with something else\n"));
  const auto minimum = outcome.output.find("\"minimum\": ");
  ASSERT_NE(minimum, std::string::npos);
  EXPECT_GE(std::stod(outcome.output.substr(minimum + 11)), 0.002) << "the right answers' round trips";
}

TEST(RttProbe, LeavesAConnectionThatSaysSomethingElse) {
  RunningProgram server({"echo-server", "0", "--welcome", "220 ready"});
  const Outcome outcome = probe({"--stream", fmt::format("127.0.0.1:{}", server.port())});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.output, HasSubstr("received=0"));
  EXPECT_THAT(outcome.output, HasSubstr("last error: receive: what came is no reply"));
  EXPECT_THAT(outcome.output, HasSubstr("datagrams or connections with something else"));
}

class RttLists : public RttPrograms {
 protected:
  RttLists() { std::filesystem::create_directories(folder_); }
  ~RttLists() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
    return folder_ / name;
  }

  std::filesystem::path folder_ = std::filesystem::temp_directory_path() / fmt::format("rtt-lists-{}", ::getpid());
};

TEST_F(RttLists, MayHaveEmptyAndDoubleEntriesAndNamesThatAreNotFound) {
  const std::string list = write("list", fmt::format("{0};;nowhere.invalid; {0};\n", host()));
  const Outcome outcome = probe({"--list", list});
  EXPECT_EQ(outcome.status, 1) << "a name was not found";
  EXPECT_THAT(outcome.errors, HasSubstr("empty entries left out: 1\n"));
  EXPECT_THAT(outcome.errors, HasSubstr(host() + " stands there twice\n"));
  EXPECT_THAT(outcome.errors, HasSubstr("find the address of 'nowhere.invalid'"));
  EXPECT_THAT(outcome.output, HasSubstr("sent=10 received=10"));
}

TEST_F(RttLists, AreFoundByTheSheetsNames) {
  write("IPsUDP.txt", host());
  EXPECT_EQ(probe({"--udp"}, folder_).status, 0);
  const Outcome outcome = probe({"--udp", "--tcp"}, folder_);
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.errors, HasSubstr("read IpsTCP.txt: No such file or directory"));
}

TEST_F(RttLists, ThatHoldNothingAreWrongUsage) {
  const Outcome outcome = probe({"--list", write("empty", ";;\n")});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.errors, HasSubstr("no address to probe"));
}

TEST_F(RttLists, AreFilesOfSomeLength) {
  const std::vector<std::pair<std::string, std::string>> wrong = {{"/dev/zero", "longer than 8388608 octets"},
                                                                  {folder_, "Is a directory"},
                                                                  {folder_ / "none", "No such file or directory"}};
  for (const auto& [file, said] : wrong) {
    const Outcome outcome = probe({"--list", file});
    EXPECT_EQ(outcome.status, 1) << file;
    EXPECT_THAT(outcome.errors, HasSubstr(said));
  }
}

TEST_F(RttLists, OfNamesThatAreAllNotFoundMeasureNothing) {
  const Outcome outcome = probe({"--list", write("names", "nowhere.invalid;;elsewhere.invalid\n")});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.output, "");
  EXPECT_THAT(outcome.errors, HasSubstr("find the address of 'elsewhere.invalid'"));
}

TEST(RttProbe, RefusesWhatCannotBe) {
  for (const auto& words :
       std::vector<std::vector<std::string>>{{"127.0.0.1:0"},
                                             {"224.0.0.1"},
                                             {"127.0.0.1", "--interval", "0"},
                                             {"127.0.0.1", "--size", "47"},
                                             {"127.0.0.1", "--size", "65508"},
                                             {"127.0.0.1", "--seconds", "864000", "--interval", "0.001"}}) {
    EXPECT_EQ(probe(words).status, 2) << ::testing::PrintToString(words);
  }
  const Outcome outcome = probe({"evil\x1b[2J.invalid"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.errors, Not(HasSubstr("\x1b")));
}

TEST(RttProbe, TellsWhatThereIsAtCtrlC) {
  UdpSocket service = UdpSocket::listening("127.0.0.1", 0);
  RunningProgram program({"rtt-probe", "--seconds", "600", "--interval", "0.01", name_of(service.local())});
  unsigned answered = 0;
  ASSERT_TRUE(eventually([&] {
    service.receive_each([&](const UdpSocket::Datagram& datagram) {
      ++answered;
      service.send_to(datagram.from, datagram.bytes);
    });
    return answered >= 5;
  }));
  program.signal(SIGINT);
  EXPECT_EQ(program.exit_status(), 0) << program.errors();
  EXPECT_THAT(program.output(), HasSubstr("lost=0"));
}

TEST_F(RttPrograms, FailWhenNothingCanBeWritten) {
  RunningProgram program({"rtt-probe", "--seconds", "0.1", host()}, [] {
    const int full = ::open("/dev/full", O_WRONLY);
    ::dup2(full, STDOUT_FILENO);
  });
  EXPECT_EQ(program.exit_status(), 1);
  EXPECT_THAT(program.errors(), HasSubstr("write standard output"));
}

TEST_F(RttPrograms, AnswerNothingButProbes) {
  UdpSocket stranger(AF_INET);
  ASSERT_EQ(stranger.connect(Address::v4(0x7F000001, responder_.port())), 0);
  for (std::size_t length = 0; length < 1500; length += 7) stranger.send(std::string(length, 'R'));
  stranger.send(std::string(65507, 'R'));
  stranger.send(text_of(encode({.type = Type::reply, .session = 1, .received = 1, .memory = 1})));
  stranger.send(text_of(encode({.length = 100, .session = 1, .sequence = 5})));
  std::optional<UdpSocket::Datagram> answer;
  ASSERT_TRUE(eventually([&] { return (answer = stranger.receive()).has_value(); }));
  EXPECT_EQ(answer->length, 100U);
  EXPECT_FALSE(stranger.receive()) << "one answer, to the one probe";
  responder_.signal(SIGTERM);
  EXPECT_EQ(responder_.exit_status(), 0);
  EXPECT_THAT(responder_.errors(), HasSubstr("1 probes of 1 sessions answered"));
}

TEST_F(RttPrograms, LeaveATcpClientThatSendsSomethingElse) {
  TestClient client(responder_.port());
  const auto first = encode({.session = 1});
  ASSERT_TRUE(client.send(text_of(first)));
  EXPECT_EQ(client.receive(kHeader).size(), kHeader);
  ASSERT_TRUE(client.send("GET / HTTP/1.1\r\n\r\n"));
  EXPECT_EQ(client.receive_to_end(), "");
  EXPECT_EQ(probe({"--stream", host()}).status, 0) << "others are served";
}

}  // namespace
}  // namespace wireproof::rtt::testing
