#pragma once
// A plain blocking TCP client for tests, with deadlines.

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace wireproof::testing {

class TestClient {
 public:
  /// Connects to the loopback address; connected() tells whether that worked.
  explicit TestClient(std::uint16_t port, int family = AF_INET, int receive_buffer = 0)
      : socket_(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval deadline{30, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &deadline, sizeof deadline);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &deadline, sizeof deadline);
    if (receive_buffer > 0) ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    if (family == AF_INET) {
      sockaddr_in address{};
      address.sin_family = AF_INET;
      address.sin_port = htons(port);
      address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    } else {
      sockaddr_in6 address{};
      address.sin6_family = AF_INET6;
      address.sin6_port = htons(port);
      address.sin6_addr = in6addr_loopback;
      connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    }
  }
  TestClient(TestClient&& other) noexcept : socket_(std::exchange(other.socket_, -1)), connected_(other.connected_) {}
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;
  ~TestClient() { leave(); }

  bool connected() const { return connected_; }

  bool send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t length = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (length <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(length));
    }
    return true;
  }

  /// Sends until the peer has taken nothing for half a second; how many bytes went.
  std::size_t send_until_stuck(char filler = 'x') const {
    const std::string chunk(65536, filler);
    std::size_t total = 0;
    for (pollfd ready{socket_, POLLOUT, 0}; ::poll(&ready, 1, 500) == 1;) {
      const ssize_t length = ::send(socket_, chunk.data(), chunk.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (length < 0 && errno != EAGAIN) break;
      if (length > 0) total += static_cast<std::size_t>(length);
    }
    return total;
  }

  void end_sending() const { ::shutdown(socket_, SHUT_WR); }

  /// Receives `length` bytes, fewer at the end of the stream or after the deadline.
  std::string receive(std::size_t length) const {
    std::string bytes(length, '\0');
    std::size_t got = 0;
    while (got < length) {
      const ssize_t part = ::recv(socket_, bytes.data() + got, length - got, 0);
      if (part <= 0) break;
      got += static_cast<std::size_t>(part);
    }
    bytes.resize(got);
    return bytes;
  }

  /// Receives a line, without its LF.
  std::string receive_line() const {
    std::string line;
    for (std::string byte; (byte = receive(1)) != "" && byte != "\n";) line += byte;
    return line;
  }

  /// Everything up to the peer's FIN; a missing FIN or an error fails the test.
  std::string receive_to_end() const {
    std::string bytes;
    char chunk[65536];
    for (;;) {
      const ssize_t part = ::recv(socket_, chunk, sizeof chunk, 0);
      if (part < 0) ADD_FAILURE() << "receive: " << std::generic_category().message(errno);
      if (part <= 0) return bytes;
      bytes.append(chunk, static_cast<std::size_t>(part));
    }
  }

  /// True when the peer has closed or reset the connection.
  bool is_closed() const {
    char byte;
    const ssize_t length = ::recv(socket_, &byte, 1, 0);
    return length == 0 || (length < 0 && errno == ECONNRESET);
  }

  void leave() {
    if (socket_ >= 0) ::close(std::exchange(socket_, -1));
  }

  /// Leaves with RST instead of FIN.
  void reset() {
    const linger at_once{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    leave();
  }

 private:
  int socket_;
  bool connected_ = false;
};

}  // namespace wireproof::testing
