#pragma once
// The other side of a program that speaks UDP.

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace wireproof::testing {

/// A datagram socket on a loopback address, with deadlines; port 0: the kernel chooses one.
class TestDatagrams {
 public:
  explicit TestDatagrams(in_addr_t host = INADDR_LOOPBACK, std::uint16_t port = 0)
      : socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    const timeval deadline{30, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &deadline, sizeof deadline);
    sockaddr_in address = at(host, port);
    socklen_t length = sizeof address;
    EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address), length), 0);
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &length);
    port_ = ntohs(address.sin_port);
  }
  TestDatagrams(const TestDatagrams&) = delete;
  TestDatagrams& operator=(const TestDatagrams&) = delete;
  ~TestDatagrams() { ::close(socket_); }

  std::uint16_t port() const { return port_; }
  /// To that port of 127.0.0.1.
  void send(std::uint16_t port, std::string_view bytes) const {
    const sockaddr_in to = at(INADDR_LOOPBACK, port);
    EXPECT_EQ(::sendto(socket_, bytes.data(), bytes.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to),
              static_cast<ssize_t>(bytes.size()));
  }
  /// The next datagram; `from` gets its sender's port.
  std::string receive(std::uint16_t* from = nullptr) const {
    std::string bytes(65536, '\0');
    sockaddr_in sender{};
    socklen_t length = sizeof sender;
    const ssize_t got =
        ::recvfrom(socket_, bytes.data(), bytes.size(), 0, reinterpret_cast<sockaddr*>(&sender), &length);
    if (got < 0) return "(nothing came)";
    if (from != nullptr) *from = ntohs(sender.sin_port);
    bytes.resize(static_cast<std::size_t>(got));
    return bytes;
  }

 private:
  static sockaddr_in at(in_addr_t host, std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(host);
    return address;
  }
  int socket_;
  std::uint16_t port_ = 0;
};

}  // namespace wireproof::testing
