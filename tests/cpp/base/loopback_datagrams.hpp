#pragma once
// A datagram socket on the loopback address, with deadlines.

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wireproof::testing {

class LoopbackDatagrams {
 public:
  LoopbackDatagrams() : socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = loopback(0);
    EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  LoopbackDatagrams(const LoopbackDatagrams&) = delete;
  LoopbackDatagrams& operator=(const LoopbackDatagrams&) = delete;
  ~LoopbackDatagrams() { ::close(socket_); }

  void send(std::uint16_t port, std::string_view bytes) const {
    const sockaddr_in to = loopback(port);
    EXPECT_EQ(::sendto(socket_, bytes.data(), bytes.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to),
              static_cast<ssize_t>(bytes.size()));
  }
  /// The next datagram; nothing when none comes within half a minute.
  std::optional<std::string> receive() const { return receive(MSG_WAITALL, 30); }
  /// One that is there.
  std::optional<std::string> take() const { return receive(MSG_DONTWAIT, 0); }

 private:
  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }
  std::optional<std::string> receive(int flags, time_t seconds) const {
    const timeval deadline{seconds, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &deadline, sizeof deadline);
    std::string bytes(65536, '\0');
    const ssize_t got = ::recv(socket_, bytes.data(), bytes.size(), flags);
    if (got < 0) return std::nullopt;
    bytes.resize(static_cast<std::size_t>(got));
    return bytes;
  }
  int socket_;
};

}  // namespace wireproof::testing
