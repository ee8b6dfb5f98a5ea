#pragma once
// For tests of whole programs: a network namespace with one interface that multicast goes by, and members in it.

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../base/running_program.hpp"
#include "../wire/network_namespace.hpp"
#include "loop/file_descriptor.hpp"

namespace wireproof::mcast_chat::testing {

using wireproof::testing::eventually;
using wireproof::testing::RunningProgram;
using wireproof::wire::testing::enter_network_namespace;
using wireproof::wire::testing::ip;

/// Every case runs in a process of its own (ctest), and so in a namespace of its own.
class Network : public ::testing::Test {
 protected:
  void SetUp() override {
    static bool made = false;
    if (!enter_network_namespace()) GTEST_SKIP() << "no network namespace can be made here";
    if (std::exchange(made, true)) return;
    ip("link set lo up");
    ip("link add h1-eth0 type veth peer name far");
    // Addresses can be used at once: no duplicate address detection.
    ASSERT_EQ(std::system("echo 0 > /proc/sys/net/ipv6/conf/h1-eth0/accept_dad"), 0);
    ip("link set far up");
    ip("link set h1-eth0 up");
    ip("address add 10.0.0.1/24 dev h1-eth0");
    ip("route add 224.0.0.0/4 dev h1-eth0");
  }
};

/// A member with its input open, killed at the end of its scope.
class Chatter {
 public:
  explicit Chatter(const std::string& name, const std::string& room = "224.1.1.1", std::vector<std::string> more = {}) {
    int ends[2];
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    keyboard_ = FileDescriptor(ends[1]);
    const FileDescriptor input(ends[0]);
    std::vector<std::string> words{"mcast-chat", "--room", room, "--name", name};
    words.insert(words.end(), more.begin(), more.end());
    program_ = std::make_unique<RunningProgram>(
        words, [] {}, input.get());
    program_->says("listening on ");
    shows("* " + name + " joined\n");
  }

  void type(std::string_view text) const {
    EXPECT_EQ(::write(keyboard_.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  void end_input() { keyboard_ = FileDescriptor(); }

  void shows(const std::string& text) const {
    EXPECT_TRUE(eventually([&] { return output().find(text) != std::string::npos; })) << "no '" << text << "' in:\n"
                                                                                      << output() << errors();
  }
  std::string output() const { return program_->output(); }
  std::string errors() const { return program_->errors(); }
  RunningProgram& program() { return *program_; }

 private:
  FileDescriptor keyboard_;
  std::unique_ptr<RunningProgram> program_;
};

/// How often `line`, with its end, is in `text`.
inline int times(std::string_view text, const std::string& line) {
  int count = 0;
  for (std::size_t at = text.find(line + '\n'); at != std::string_view::npos; at = text.find(line + '\n', at + 1)) {
    count += at == 0 || text[at - 1] == '\n';
  }
  return count;
}

/// Sends one datagram to port 5000, of 224.1.1.1 unless told otherwise, from a socket of its own.
inline void send_to_room(std::string_view bytes, std::uint32_t address = 0xE0010101) {
  const FileDescriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_in room{};
  room.sin_family = AF_INET;
  room.sin_port = htons(5000);
  room.sin_addr.s_addr = htonl(address);
  EXPECT_EQ(
      ::sendto(socket.get(), bytes.data(), bytes.size(), 0, reinterpret_cast<const sockaddr*>(&room), sizeof room),
      static_cast<ssize_t>(bytes.size()));
}

}  // namespace wireproof::mcast_chat::testing
