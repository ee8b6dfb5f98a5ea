// When a server need not wait any longer for its last words to be acknowledged.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <future>

#include "../base/odd_server.hpp"
#include "serving/conversation.hpp"

namespace wireproof::testing {
namespace {

int connect_to(const std::string& port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(port)));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  EXPECT_EQ(::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  return socket;
}

bool holds_soon(const std::function<bool()>& fact) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!fact() && std::chrono::steady_clock::now() < deadline) ::poll(nullptr, 0, 1);
  return fact();
}

TEST(AllAcknowledged, WhatNobodyReadsIsNotButAResetEndsTheWaiting) {
  std::promise<void> full;
  OddServer server([&](int client) {
    full.get_future().wait();
    const linger at_once{1, 0};
    ::setsockopt(client, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  });
  const int socket = connect_to(server.port());
  EXPECT_TRUE(all_acknowledged(socket));
  ::fcntl(socket, F_SETFL, O_NONBLOCK);
  const std::array<char, 65536> bytes{};
  EXPECT_TRUE(holds_soon([&] {
    while (::write(socket, bytes.data(), bytes.size()) > 0) {
    }
    return !all_acknowledged(socket);
  }));
  full.set_value();
  EXPECT_TRUE(holds_soon([&] { return all_acknowledged(socket); }));
  ::close(socket);
}

TEST(AllAcknowledged, WhatWasReadIsAcknowledged) {
  OddServer server([](int client) { read_to_end(client); });
  const int socket = connect_to(server.port());
  EXPECT_EQ(::write(socket, "words", 5), 5);
  EXPECT_TRUE(holds_soon([&] { return all_acknowledged(socket); }));
  ::close(socket);
}

}  // namespace
}  // namespace wireproof::testing
