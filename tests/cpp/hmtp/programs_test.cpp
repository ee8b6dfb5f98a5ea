// rdv-point and mcast-node as a whole. Every host is a loopback address of its own, so that the sheet's ports serve.

#include <arpa/inet.h>
#include <fmt/core.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <filesystem>
#include <memory>

#include "../base/running_program.hpp"

namespace wireproof::testing {
namespace {

using ::testing::AnyOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

/// Cases run side by side, each in its own process: each takes a network 127.x.y.0 of its own.
std::string host(unsigned number) {
  const auto process = static_cast<unsigned>(::getpid());
  return fmt::format("127.{}.{}.{}", 1 + (process >> 8) % 254, process & 0xFF, number);
}

/// A datagram socket; send() returns 0 or the errno value that it, or the kernel a little later, gave.
class TestSocket {
 public:
  explicit TestSocket(const std::string& to, std::uint16_t port)
      : socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    ::inet_pton(AF_INET, to.c_str(), &address.sin_addr);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  TestSocket(const TestSocket&) = delete;
  TestSocket& operator=(const TestSocket&) = delete;
  ~TestSocket() { ::close(socket_); }

  void send(std::string_view bytes) const {
    EXPECT_EQ(::send(socket_, bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
  }
  bool refused() const {
    return eventually([&] { return ::send(socket_, "x", 1, 0) < 0 && errno == ECONNREFUSED; }, std::chrono::seconds(5));
  }

 private:
  int socket_;
};

void send_local(unsigned number, std::string_view bytes, std::uint16_t port = 10001) {
  TestSocket(host(number), port).send(bytes);
}

/// Removed at the end, with the sockets of killed nodes.
const std::string& folder() {
  struct Folder {
    Folder() : path(std::filesystem::temp_directory_path() / "hmtp-test-XXXXXX") {
      EXPECT_NE(::mkdtemp(path.data()), nullptr);
    }
    ~Folder() { std::filesystem::remove_all(path); }
    std::string path;
  };
  static const Folder made;
  return made.path;
}

std::string status_path(unsigned number) { return fmt::format("{}/{}.sock", folder(), number); }

std::vector<std::string> node_words(unsigned number, std::vector<std::string> more = {}) {
  std::vector<std::string> words{"mcast-node",
                                 "--rdv-point",
                                 host(100),
                                 "--address",
                                 host(number),
                                 "--status-socket",
                                 status_path(number),
                                 "--rest",
                                 "0.05",
                                 "--answer-timeout",
                                 "0.2",
                                 "--resend",
                                 "0.2"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

std::string status_of(unsigned number) {
  RunningProgram asked({"mcast-node", "--status", "--json", status_path(number)});
  return asked.exit_status() == 0 ? asked.output() : "";
}

/// A rendezvous point and nodes at addresses 1, 2, …, all in the tree.
struct Group {
  explicit Group(unsigned size, const std::vector<std::string>& more = {})
      : rendezvous({"rdv-point", "--address", host(100)}) {
    rendezvous.says("listening on");
    for (unsigned number = 1; number <= size; ++number) {
      nodes.push_back(std::make_unique<RunningProgram>(node_words(number, more)));
      nodes.back()->says(number == 1 ? "registered as the root" : "attached to");
    }
  }
  RunningProgram& node(unsigned number) { return *nodes[number - 1]; }

  RunningProgram rendezvous;
  std::vector<std::unique_ptr<RunningProgram>> nodes;
};

TEST(McastNode, SevenNodesPrintEachMessageOnce) {
  Group group(7);
  send_local(7, "hello\n");
  send_local(1, "from the root");
  for (unsigned number = 1; number <= 7; ++number) {
    EXPECT_TRUE(eventually([&] { return group.node(number).output().size() >= 20; })) << number;
  }
  for (unsigned number = 1; number <= 7; ++number) {
    EXPECT_THAT(group.node(number).output(), AnyOf("hello\nfrom the root\n", "from the root\nhello\n")) << number;
  }
}

TEST(McastNode, TheStatusNamesParentChildrenAndRoot) {
  Group group(2);
  EXPECT_THAT(
      status_of(1),
      HasSubstr(fmt::format(R"("state": "root", "self": "{0}:10000", "root": "{0}:10000", "parent": null)", host(1))));
  EXPECT_THAT(status_of(1), HasSubstr(fmt::format(R"("children": [{{"endpoint": "{}:10000")", host(2))));
  EXPECT_THAT(status_of(2), HasSubstr(fmt::format(R"("parent": "{}:10000", "children": [])", host(1))));
  RunningProgram text({"mcast-node", "--status", status_path(2)});
  EXPECT_EQ(text.exit_status(), 0);
  EXPECT_THAT(text.output(), HasSubstr(fmt::format("parent    {}:10000\n", host(1))));
  struct stat facts {};
  ASSERT_EQ(::stat(status_path(1).c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 07777, 0600U);
}

TEST(McastNode, SigtermEndsInOrderAndTheOthersGoOn) {
  Group group(3);
  group.node(1).signal(SIGTERM);
  EXPECT_EQ(group.node(1).exit_status(), 0);
  EXPECT_NE(::access(status_path(1).c_str(), F_OK), 0);
  EXPECT_TRUE(group.rendezvous.says(fmt::format("the root {}:10000 left", host(1))));
  EXPECT_TRUE(eventually([&] {
    const bool second = group.node(2).errors().find("registered as the root") != std::string::npos;
    const bool third = group.node(3).errors().find("registered as the root") != std::string::npos;
    return second != third;
  }));
  send_local(3, "still here\n");
  EXPECT_TRUE(
      eventually([&] { return group.node(2).output() == "still here\n" && group.node(3).output() == "still here\n"; }));
}

TEST(McastNode, AKilledChildIsDroppedAndItsChildrenJoinAgain) {
  Group group(3, {"--children-max", "1", "--refresh", "0.4", "--child-lifetime", "0.6"});
  group.node(2).signal(SIGKILL);
  EXPECT_EQ(group.node(2).exit_status(), 128 + SIGKILL);
  EXPECT_TRUE(group.node(1).says(fmt::format("dropped child {}:10000", host(2))));
  EXPECT_TRUE(group.node(3).says(fmt::format("attached to {}:10000", host(1))));
}

TEST(McastNode, ADeadNodesStatusSocketIsReplacedAndALivingOnesIsNot) {
  RunningProgram dead(node_words(1));
  dead.says("status at");
  RunningProgram second(
      {"mcast-node", "--rdv-point", host(100), "--address", host(2), "--status-socket", status_path(1)});
  EXPECT_EQ(second.exit_status(), 1);
  EXPECT_THAT(second.errors(),
              HasSubstr(fmt::format("make the status socket {}: Address already in use", status_path(1))));
  dead.signal(SIGKILL);
  EXPECT_EQ(dead.exit_status(), 128 + SIGKILL);
  RunningProgram asked({"mcast-node", "--status", status_path(1)});
  EXPECT_EQ(asked.exit_status(), 1);
  EXPECT_THAT(asked.errors(), HasSubstr("Connection refused"));
  RunningProgram heir(node_words(1));
  heir.says("status at");
  EXPECT_THAT(status_of(1), HasSubstr("\"parent\": null"));
  heir.signal(SIGINT);
  EXPECT_EQ(heir.exit_status(), 0);
}

TEST(McastNode, TheDataPortIsClosedToOtherAddresses) {
  RunningProgram node(
      {"mcast-node", "--rdv-point", host(100), "--port", "0", "--data-port", "0", "--status-socket", status_path(1)});
  node.says("this host's programs at 127.0.0.1:");
  const std::string errors = node.errors();
  const auto at = errors.find("programs at 127.0.0.1:") + 22;
  const auto port = static_cast<std::uint16_t>(std::stoi(errors.substr(at)));
  EXPECT_TRUE(TestSocket("127.0.0.2", port).refused());
  TestSocket("127.0.0.1", port).send("x");
  EXPECT_TRUE(eventually([] { return status_of(1).find("\"local\": 1,") != std::string::npos; }));
}

TEST(McastNode, BinaryMessagesDoNotMoveATerminal) {
  const std::string binary = "\x1b[2J" + std::string(1466, '\xff');
  Group lines(1);
  send_local(1, binary);
  send_local(1, "two\nlines\r\n");
  send_local(1, "live\u202Eevil\u2028");
  send_local(1, "");
  EXPECT_TRUE(eventually([&] { return std::ranges::count(lines.node(1).output(), '\n') == 4; }));
  EXPECT_THAT(lines.node(1).output(), StartsWith("\\x1b[2J\\xff\\xff"));
  EXPECT_THAT(lines.node(1).output(), EndsWith("\\xff… (1470 bytes)\ntwo\\x0alines\nlive\\u{202e}evil\\u{2028}\n\n"));
}

TEST(McastNode, RawAndJsonOutput) {
  Group group(1, {"--output", "raw"});
  RunningProgram json(node_words(2, {"--output", "json"}));
  json.says("attached to");
  send_local(2, "\x1b\xff\n");
  EXPECT_TRUE(eventually([&] { return group.node(1).output() == "\x1b\xff\n"; }));
  EXPECT_TRUE(
      eventually([&] { return json.output().ends_with("\"sequence\": 1, \"size\": 3, \"hex\": \"1bff0a\"}\n"); }));
  send_local(2, "caf\xc3\xa9 \"x\"\u202E");
  EXPECT_TRUE(eventually([&] {
    return json.output().ends_with(R"("size": 12, "text": "café \"x\"\u202e"})"
                                   "\n");
  }));
}

TEST(McastNode, GarbageIsCountedAndTheNodeGoesOn) {
  Group group(2);
  const TestSocket stranger(host(1), 10000);
  for (const std::string_view bytes : {"", "x", "NJOI\nx", "DATA\n\n", "root\n"}) stranger.send(bytes);
  stranger.send(std::string(65'507, '\0'));
  stranger.send("WHAT\n");
  send_local(2, "on\n");
  EXPECT_TRUE(eventually([&] { return group.node(1).output() == "on\n"; }));
  EXPECT_THAT(status_of(1), HasSubstr(R"("malformed": 5, "unknown": 1, "unexpected": 1)"));
}

TEST(McastNode, WorksOverIpv6) {
  RunningProgram rendezvous({"rdv-point", "--port", "0"});
  RunningProgram node({"mcast-node", "--rdv-point", fmt::format("[::1]:{}", rendezvous.port()), "--port", "0",
                       "--data-port", "0", "--address", "::1", "--status-socket", "none"});
  EXPECT_TRUE(node.says("registered as the root"));
  RunningProgram child({"mcast-node", "--rdv-point", fmt::format("[::1]:{}", rendezvous.port()), "--port", "0",
                        "--data-port", "0", "--address", "::1", "--status-socket", "none"});
  EXPECT_TRUE(child.says(fmt::format("attached to [::1]:{}", node.port())));
}

TEST(McastNode, ClearMessagesForWrongUsageAndForWhatFails) {
  const auto fails = [](std::vector<std::string> words, int status, const std::string& message) {
    words.insert(words.begin(), "mcast-node");
    RunningProgram node(words);
    EXPECT_EQ(node.exit_status(), status);
    EXPECT_THAT(node.errors(), HasSubstr(message));
  };
  fails({}, 2, "--rdv-point is missing");
  fails({"--rdv-point", host(100), "--address", "nowhere"}, 2, "not a numeric IPv4 or IPv6 address");
  fails({"--rdv-point", host(100) + ":0"}, 2, "the port is a number from 1 to 65535");
  fails({"--rdv-point", "224.1.1.1"}, 2, "not the address of one host");
  fails({"--rdv-point", host(100), "--children-max", "65"}, 2, "--children-max");
  fails({"--rdv-point", host(100), "--refresh", "0"}, 2, "--refresh");
  fails({"--json"}, 2, "--status");
  fails({"--rdv-point", "no-such-host.invalid"}, 1, "find the address of 'no-such-host.invalid'");
  fails({"--rdv-point", host(100), "--interface", "nothing0"}, 1, "find the interface 'nothing0'");
  fails({"--status", "/nowhere/socket"}, 1, "ask the node at /nowhere/socket: No such file or directory");
  const RunningProgram first(node_words(1));
  first.says("listening on");
  fails({"--rdv-point", host(100), "--address", host(1)}, 1,
        fmt::format("listen on {}:10000 (udp): Address already in use", host(1)));
}

TEST(RdvPoint, RemembersTheRootInItsStateFile) {
  const std::string state = folder() + "/state";
  const std::vector<std::string> words{"rdv-point", "--address", host(100), "--state", state};
  {
    RunningProgram rendezvous(words);
    rendezvous.says("listening on");
    RunningProgram node(node_words(1));
    rendezvous.says(fmt::format("registered {}:10000 as the root", host(1)));
    rendezvous.signal(SIGKILL);
    rendezvous.exit_status();
  }
  RunningProgram again(words);
  EXPECT_TRUE(again.says(fmt::format("restored the root {}:10000 from {}", host(1), state)));
  again.signal(SIGTERM);
  EXPECT_EQ(again.exit_status(), 0);
  std::ofstream(state) << "nonsense\n";
  RunningProgram spoilt(words);
  EXPECT_TRUE(spoilt.says("not a registration, starting without one"));
}

TEST(RdvPoint, DropsASilentRootAndCounts) {
  RunningProgram rendezvous({"rdv-point", "--address", host(100), "--lifetime", "0.3", "--json", "-"});
  rendezvous.says("listening on");
  RunningProgram node(node_words(1));
  rendezvous.says("registered");
  node.signal(SIGKILL);
  EXPECT_TRUE(rendezvous.says(fmt::format("dropped the root {}:10000", host(1))));
  TestSocket(host(100), 10000).send("garbage");
  rendezvous.signal(SIGTERM);
  EXPECT_EQ(rendezvous.exit_status(), 0);
  EXPECT_THAT(rendezvous.output(),
              HasSubstr(R"("malformed": 1, "unknown": 0, "unexpected": 0, "asked": 1, "accepted": 1)"));
  EXPECT_EQ(RunningProgram({"rdv-point", "--lifetime", "0"}).exit_status(), 2);
  EXPECT_EQ(RunningProgram({"rdv-point", "--address", "x"}).exit_status(), 2);
}

}  // namespace
}  // namespace wireproof::testing
