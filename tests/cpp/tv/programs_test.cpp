// tv-sender and tv-probe as programs, over loopback.

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <boost/json/src.hpp>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <random>

#include "../base/free_port.hpp"
#include "../mpegts/packets.hpp"
#include "child.hpp"

namespace wireproof::tv {
namespace {

using test::Child;
using ::testing::HasSubstr;

/// A bound UDP socket on loopback; what is sent to it waits in its buffer.
class Inbox {
 public:
  Inbox() : socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    EXPECT_EQ(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), length), 0);
    EXPECT_EQ(::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &length), 0);
    port_ = ntohs(address.sin_port);
    const timeval limit{20, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  }
  ~Inbox() { ::close(socket_); }

  std::string port() const { return std::to_string(port_); }
  std::vector<std::uint8_t> receive() const {
    std::vector<std::uint8_t> datagram(65536);
    const ssize_t got = ::recv(socket_, datagram.data(), datagram.size(), 0);
    datagram.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    return datagram;
  }

  static void send(const std::string& port, std::span<const std::uint8_t> datagram) {
    const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(port)));
    EXPECT_GE(::sendto(socket, datagram.data(), datagram.size(), 0, reinterpret_cast<const sockaddr*>(&address),
                       sizeof address),
              0);
    ::close(socket);
  }

 private:
  int socket_;
  std::uint16_t port_ = 0;
};

std::string free_port() { return std::to_string(wireproof::testing::free_port()); }

class Programs : public ::testing::Test {
 protected:
  Programs() {
    std::string pattern = (std::filesystem::temp_directory_path() / "tv-programs-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~Programs() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  std::string write(const std::string& name, std::span<const std::uint8_t> bytes) const {
    std::ofstream(path(name), std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    return path(name);
  }
  std::vector<std::uint8_t> read(const std::string& name) const {
    std::ifstream file(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
  static boost::json::object json(const Child& child) { return boost::json::parse(child.output).as_object(); }

  /// Two seconds of 638 kbit/s.
  const std::vector<std::uint8_t> stream = mpegts::test::make_stream(848, 638000);

 private:
  std::filesystem::path folder_;
};

TEST_F(Programs, WithoutAFileTheSenderSaysHello) {
  const Inbox inbox;
  Child sender("tv-sender", {"127.0.0.1", inbox.port()});
  EXPECT_EQ(sender.finish(), 0) << sender.error;
  const auto datagram = inbox.receive();
  EXPECT_EQ(std::string(datagram.begin(), datagram.end()), "Hello");
}

TEST_F(Programs, AClosedPortIsToldAndFails) {
  Child sender("tv-sender", {"127.0.0.1", free_port()});
  EXPECT_EQ(sender.finish(), 1);
  EXPECT_THAT(sender.error, HasSubstr("no program listens on that UDP port: Connection refused"));
  Child careless("tv-sender", {"127.0.0.1", free_port(), "--no-wait"});
  EXPECT_EQ(careless.finish(), 0);
}

TEST_F(Programs, TheSenderTellsWhatIsWrong) {
  const struct {
    std::vector<std::string> arguments;
    int status;
    const char* words;
  } cases[] = {
      {{}, 2, "HOST is required"},
      {{"127.0.0.1"}, 2, "PORT is required"},
      {{"127.0.0.1", "0"}, 2, "PORT"},
      {{"127.0.0.1", "65536"}, 2, "PORT"},
      {{"127.0.0.1", "five"}, 2, "PORT"},
      {{"127.0.0.1", "5000", "--rate", "1M"}, 2, "--file"},
      {{"127.0.0.1", "5000", "--file", "x", "--rate", "fast"}, 2, "fast"},
      {{"127.0.0.1", "5000", "--file", "x", "--rate", "1M", "--as-fast-as-possible"}, 2, "excludes"},
      {{"127.0.0.1", "5000", "--file", "x", "--payload", "0"}, 2, "--payload"},
      {{"127.0.0.1", "5000", "-4", "-6"}, 2, "exclude"},
      {{"no-such-host.invalid", "5000"}, 1, "find the address of 'no-such-host.invalid'"},
      {{"127.0.0.1", "5000", "--interface", "no-such-link"}, 1, "'no-such-link': No such device"},
      {{"127.0.0.1", "5000", "--file", path("none.ts")}, 1, "none.ts: No such file or directory"},
      {{"127.0.0.1", "5000", "--file", path("")}, 1, "Is a directory"},
      {{"127.0.0.1", "5000", "--file", "/dev/zero"}, 1, "not a regular file"},
      {{"127.0.0.1", "5000", "--file", write("empty.ts", {})}, 1, "the file is empty"},
      {{"127.0.0.1", "5000", "--file", write("text.ts", std::vector<std::uint8_t>(5000, 'a'))},
       1,
       "no MPEG transport stream"},
      {{"127.0.0.1", "5000", "--file", write("still.ts", mpegts::test::make_packet({}))}, 1, "no clock references"},
      {{"127.0.0.1", "5000", "--file", write("a.ts", stream), "--payload", "65508"}, 1, "Message too long"},
      {{"127.0.0.1", "5000", "--file", write("b.ts", stream), "--start-at", "7"}, 2, "behind the end"},
  };
  for (const auto& [arguments, status, words] : cases) {
    Child sender("tv-sender", arguments);
    EXPECT_EQ(sender.finish(), status) << sender.error;
    EXPECT_THAT(sender.error, HasSubstr(words));
    EXPECT_THAT(sender.error, HasSubstr("tv-sender: "));
  }
}

TEST_F(Programs, AClipArrivesAsItWasAndPlays) {
  const std::string port = free_port();
  Child probe("tv-probe", {port, "--bind", "127.0.0.1", "--idle-timeout", "1", "--first-timeout", "20", "--json", "-",
                           "--save", path("got.ts"), "--timeline", path("buffer.csv"), "--buffer-delay", "0.5"});
  probe.wait_for("listening on 127.0.0.1:" + port + " (udp)");
  Child sender("tv-sender", {"127.0.0.1", port, "--file", write("clip.ts", stream), "--json", "-"});
  EXPECT_EQ(sender.finish(), 0) << sender.error;
  EXPECT_EQ(probe.finish(), 0) << probe.error;

  const auto sent = json(sender);
  EXPECT_EQ(sent.at("bytes").as_int64(), static_cast<std::int64_t>(stream.size()));
  EXPECT_NEAR(sent.at("rate_bits_per_second").to_number<double>(), 638000, 1);
  EXPECT_EQ(sent.at("refused").as_int64(), 0);
  const auto got = json(probe);
  EXPECT_EQ(read("got.ts"), stream);
  EXPECT_EQ(got.at("datagrams").as_int64(), sent.at("datagrams").as_int64());
  EXPECT_EQ(got.at("packets").as_int64(), 848);
  EXPECT_EQ(got.at("null_packets").as_int64(), 84);
  EXPECT_EQ(got.at("continuity_errors").as_int64(), 0);
  EXPECT_EQ(got.at("kernel_drops").as_int64(), 0);
  EXPECT_NEAR(got.at("player").at("played_seconds").to_number<double>(), 2, 0.01);
  const auto csv = read("buffer.csv");
  EXPECT_THAT(std::string(csv.begin(), csv.end()), HasSubstr("buffer_seconds,state\n0.0,"));
}

TEST_F(Programs, AnyFileGoesAtAGivenRateAndInTheDatagramsAskedFor) {
  const Inbox inbox;
  std::vector<std::uint8_t> bytes(20001);
  std::iota(bytes.begin(), bytes.end(), std::uint8_t{0});
  Child sender("tv-sender",
               {"127.0.0.1", inbox.port(), "--file", write("any", bytes), "--rate", "2M", "--payload", "7975"});
  std::vector<std::uint8_t> got;
  std::vector<std::size_t> sizes;
  while (got.size() < bytes.size()) {
    const auto datagram = inbox.receive();
    ASSERT_FALSE(datagram.empty());
    sizes.push_back(datagram.size());
    got.insert(got.end(), datagram.begin(), datagram.end());
  }
  EXPECT_EQ(sender.finish(), 0) << sender.error;
  EXPECT_EQ(got, bytes);
  EXPECT_THAT(sizes, ::testing::ElementsAre(7975, 7975, 4051));
}

TEST_F(Programs, RefusalsAreCountedOrEndTheSending) {
  const std::string clip = write("clip.ts", stream);
  Child sender("tv-sender", {"127.0.0.1", free_port(), "--file", clip, "--speed", "10", "--json", "-"});
  EXPECT_EQ(sender.finish(), 0) << sender.error;
  EXPECT_GT(json(sender).at("refused").as_int64(), 0);
  EXPECT_EQ(json(sender).at("bytes").as_int64(), static_cast<std::int64_t>(stream.size())) << "and sending went on";
  Child strict("tv-sender", {"127.0.0.1", free_port(), "--file", clip, "--stop-on-refusal"});
  EXPECT_EQ(strict.finish(), 1);
  EXPECT_THAT(strict.error, HasSubstr("refused a datagram: Connection refused"));
}

TEST_F(Programs, SignalsEndBothInOrder) {
  for (const int number : {SIGINT, SIGTERM}) {
    const std::string port = free_port();
    Child probe("tv-probe", {port, "--json", "-"});
    probe.wait_for("listening on");
    Child sender("tv-sender", {"127.0.0.1", port, "--file", write("clip.ts", stream), "--loop", "--json", "-"});
    sender.wait_for("sending ");
    sender.signal(number);
    EXPECT_EQ(sender.finish(), 0) << sender.error;
    EXPECT_TRUE(json(sender).at("interrupted").as_bool());
    probe.signal(number);
    EXPECT_EQ(probe.finish(), 0) << probe.error;
    EXPECT_GE(json(probe).at("datagrams").as_int64(), 0);
  }
}

TEST_F(Programs, ALongPauseBetweenDatagramsDoesNotHoldUpASignal) {
  const Inbox inbox;
  Child sender("tv-sender", {"127.0.0.1", inbox.port(), "--file", write("clip.ts", stream), "--rate", "0.01k"});
  EXPECT_EQ(inbox.receive().size(), 1316U) << "the next is due in 1,052 s";
  sender.signal(SIGTERM);
  EXPECT_EQ(sender.finish(), 0) << sender.error;
}

TEST_F(Programs, TheProbeTellsWhatIsWrong) {
  const Inbox taken;
  const struct {
    std::vector<std::string> arguments;
    int status;
    const char* words;
  } cases[] = {
      {{}, 2, "give a PORT"},
      {{"0"}, 2, "PORT 0"},
      {{"65536"}, 2, "PORT 65536"},
      {{"10.0.0.1", "5000"}, 2, "10.0.0.1 is no multicast group"},
      {{"226.1.1.1", "5000", "extra"}, 2, "received 3"},
      {{"5000", "--file", "clip.ts"}, 2, "not both"},
      {{taken.port(), "--bind", "127.0.0.1"}, 1, "Address already in use"},
      {{"226.1.1.1", "5000", "--interface", "no-such-link"}, 1, "'no-such-link': No such device"},
      {{free_port(), "--bind", "127.0.0.1", "--first-timeout", "0.1"}, 1, "no datagram came to 127.0.0.1:"},
      {{"--file", path("none.ts")}, 1, "No such file or directory"},
      {{"--file", write("text.ts", std::vector<std::uint8_t>(5000, 'a'))}, 1, "byte 0 is 0x61"},
      {{"--file", write("short.ts", std::vector<std::uint8_t>(187, 0x47))}, 1, "less than one MPEG-TS packet"},
      {{free_port(), "--json", path("no/such/folder.json"), "--duration", "0.1"}, 1, "No such file or directory"},
      {{free_port(), "--timeline", path("no/such/folder.csv")}, 1, "No such file or directory"},
  };
  for (const auto& [arguments, status, words] : cases) {
    Child probe("tv-probe", arguments);
    EXPECT_EQ(probe.finish(), status) << probe.error;
    EXPECT_THAT(probe.error, HasSubstr(words));
  }
}

TEST_F(Programs, TheProbeSurvivesGarbageAndGoesOnWithTheStream) {
  const std::string port = free_port();
  Child probe("tv-probe", {port, "--bind", "127.0.0.1", "--json", "-", "--save", path("got.ts")});
  probe.wait_for("listening on");
  std::mt19937_64 random(5);
  for (int i = 0; i < 100; ++i) {
    // First bytes that no packet of the stream begins with, then anything.
    std::vector<std::uint8_t> garbage(1 + random() % 187);
    for (auto& byte : garbage) byte = static_cast<std::uint8_t>(random());
    Inbox::send(port, garbage);
  }
  Inbox::send(port, {});
  Inbox::send(port, std::vector<std::uint8_t>(65507, 0));
  Inbox::send(port, std::vector<std::uint8_t>(65507 / 188 * 188, 0x47));
  Child sender("tv-sender", {"127.0.0.1", port, "--file", write("clip.ts", stream), "--speed", "4"});
  EXPECT_EQ(sender.finish(), 0) << sender.error;
  probe.signal(SIGTERM);
  EXPECT_EQ(probe.finish(), 0) << probe.error;
  const auto got = json(probe);
  EXPECT_EQ(got.at("non_ts_datagrams").as_int64(), 102);
  EXPECT_EQ(got.at("largest_datagram_bytes").as_int64(), 65507);
  const auto saved = read("got.ts");
  ASSERT_GE(saved.size(), stream.size());
  EXPECT_TRUE(std::equal(stream.begin(), stream.end(), saved.end() - static_cast<std::ptrdiff_t>(stream.size())));
}

TEST_F(Programs, TheProbeExaminesAClipOnDisk) {
  auto cut = stream;
  cut.resize(cut.size() - 50);
  Child probe("tv-probe", {"--file", write("clip.ts", cut), "--json", "-", "--timeline", path("rate.csv")});
  EXPECT_EQ(probe.finish(), 0) << probe.error;
  const auto report = json(probe);
  EXPECT_EQ(report.at("packets").as_int64(), 847);
  EXPECT_EQ(report.at("trailing_bytes").as_int64(), 138);
  EXPECT_TRUE(report.at("constant_rate").as_bool());
  EXPECT_NEAR(report.at("mean_bits_per_second").to_number<double>(), 638000, 1);
  EXPECT_NEAR(report.at("duration_seconds").to_number<double>(), 2, 0.01);
  const auto csv = read("rate.csv");
  EXPECT_THAT(std::string(csv.begin(), csv.end()), HasSubstr("seconds,bits_per_second\n0.0,638000\n0.1,638000\n"));
}

}  // namespace
}  // namespace wireproof::tv
