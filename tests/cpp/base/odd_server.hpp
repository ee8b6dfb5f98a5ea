#pragma once
// The other side of a client under test: what it reads as its input, and a server that does what a test likes.

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace wireproof::testing {

/// A descriptor that reads `bytes` and then ends.
inline int source_of(std::string_view bytes) {
  const int file = ::memfd_create("source", MFD_CLOEXEC);
  EXPECT_EQ(::write(file, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  ::lseek(file, 0, SEEK_SET);
  return file;
}

/// Accepts one client and lets `serve` do what it likes with it.
class OddServer {
 public:
  explicit OddServer(std::function<void(int)> serve) : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), length), 0);
    EXPECT_EQ(::listen(listener_, 1), 0);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, serve = std::move(serve)] {
      const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (client < 0) return;
      serve(client);
      ::close(client);
    });
  }
  ~OddServer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  std::string port() const { return std::to_string(port_); }

 private:
  int listener_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

inline std::string read_to_end(int client) {
  std::string bytes;
  char chunk[4096];
  for (ssize_t length; (length = ::read(client, chunk, sizeof chunk)) > 0;) {
    bytes.append(chunk, static_cast<std::size_t>(length));
  }
  return bytes;
}

inline void send_all(int client, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t length = ::send(client, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (length <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(length));
  }
}

}  // namespace wireproof::testing
