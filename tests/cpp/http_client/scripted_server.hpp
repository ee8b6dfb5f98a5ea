#pragma once
// A server that answers each connection as a test says.

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "../base/odd_server.hpp"

namespace wireproof::testing {

/// On a loopback address, one connection after another, until it is destroyed.
class ScriptedServer {
 public:
  /// Gets the number of the request (from 0 on), its text, and the connection; false: the connection is closed now.
  using Serve = std::function<bool(std::size_t number, const std::string& request, int client)>;

  explicit ScriptedServer(Serve serve, std::uint32_t address = INADDR_LOOPBACK)
      : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(address);
    socklen_t length = sizeof name;
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&name), length), 0);
    EXPECT_EQ(::listen(listener_, 8), 0);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&name), &length);
    port_ = ntohs(name.sin_port);
    thread_ = std::thread([this, serve = std::move(serve)] {
      for (int client; (client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0; ::close(client)) {
        {
          const std::lock_guard lock(mutex_);
          ++connections_;
        }
        for (std::string request; !(request = read_request(client)).empty();) {
          if (!serve(keep(request), request, client)) break;
        }
      }
    });
  }
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;
  ~ScriptedServer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }

  std::string port() const { return std::to_string(port_); }
  std::string url(const std::string& path) const { return "http://127.0.0.1:" + port() + path; }
  std::vector<std::string> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  std::size_t connections() const {
    const std::lock_guard lock(mutex_);
    return connections_;
  }

 private:
  /// A head, with as much of a body as it tells; empty at the client's end.
  static std::string read_request(int client) {
    std::string bytes;
    char chunk[4096];
    for (;;) {
      const std::size_t end = bytes.find("\r\n\r\n");
      if (end != std::string::npos) {
        const std::size_t field = bytes.find("Content-Length: ");
        const std::size_t body = field < end ? std::stoul(bytes.substr(field + 16)) : 0;
        if (bytes.size() >= end + 4 + body) return bytes;
      }
      const ssize_t length = ::read(client, chunk, sizeof chunk);
      if (length <= 0) return "";
      bytes.append(chunk, static_cast<std::size_t>(length));
    }
  }
  std::size_t keep(const std::string& request) {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
    return requests_.size() - 1;
  }

  int listener_;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::size_t connections_ = 0;
  std::thread thread_;
};

/// "HTTP/1.1 200 OK" with these fields, each with its line end, and the body behind its length.
inline std::string answer(const std::string& status, const std::string& fields, const std::string& body) {
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + fields + "\r\n" + body;
}

}  // namespace wireproof::testing
