#pragma once
// A server that does what a test likes, with many connections at once.

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace wireproof::testing {

/// False when the peer is gone.
inline bool send_whole(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t length = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (length <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(length));
  }
  return true;
}

/// "HTTP/1.1 200 OK" with these fields, each with its line end, and the body behind its length.
inline std::string answered(const std::string& fields, const std::string& body, const std::string& status = "200 OK") {
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + fields + "\r\n" + body;
}

class Origin {
 public:
  /// Gets a request's head (with its body, where Content-Length tells one) and the connection; false: close it.
  using Serve = std::function<bool(const std::string& request, int client)>;

  explicit Origin(Serve serve) : serve_(std::move(serve)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof name;
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&name), length), 0);
    EXPECT_EQ(::listen(listener_, 128), 0);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&name), &length);
    port_ = ntohs(name.sin_port);
    accepting_ = std::thread([this] { accept(); });
  }
  /// Each answer is the same.
  explicit Origin(const std::string& bytes)
      : Origin([bytes](const std::string&, int client) { return send_whole(client, bytes); }) {}
  Origin(const Origin&) = delete;
  Origin& operator=(const Origin&) = delete;
  ~Origin() {
    release();
    ::shutdown(listener_, SHUT_RDWR);
    accepting_.join();
    {
      const std::lock_guard lock(mutex_);
      for (const Connection& connection : connections_) ::shutdown(connection.socket, SHUT_RDWR);
    }
    for (Connection& connection : connections_) {
      connection.thread.join();
      ::close(connection.socket);
    }
    ::close(listener_);
  }

  std::uint16_t port() const { return port_; }
  std::string authority() const { return "127.0.0.1:" + std::to_string(port_); }
  std::string url(const std::string& path) const { return "http://" + authority() + path; }
  std::vector<std::string> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  std::size_t connections() const {
    const std::lock_guard lock(mutex_);
    return connections_.size();
  }

  /// In `serve`: waits until the test calls release().
  void wait() {
    std::unique_lock lock(mutex_);
    released_.wait(lock, [this] { return is_released_; });
  }
  void release() {
    const std::lock_guard lock(mutex_);
    is_released_ = true;
    released_.notify_all();
  }

 private:
  struct Connection {
    int socket;
    std::thread thread{};
  };

  void accept() {
    for (int client; (client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
      const std::lock_guard lock(mutex_);
      connections_.push_back({client});
      connections_.back().thread = std::thread([this, client] { converse(client); });
    }
  }
  void converse(int client) {
    for (std::string bytes;;) {
      const std::string request = read_request(client, bytes);
      if (request.empty()) break;
      {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
      }
      if (!serve_(request, client)) break;
    }
    ::shutdown(client, SHUT_RDWR);
  }
  static std::string read_request(int client, std::string& bytes) {
    char chunk[4096];
    for (;;) {
      const std::size_t end = bytes.find("\r\n\r\n");
      if (end != std::string::npos) {
        const std::size_t field = bytes.find("Content-Length: ");
        const std::size_t whole = end + 4 + (field < end ? std::stoul(bytes.substr(field + 16)) : 0);
        if (bytes.size() >= whole) {
          std::string request = bytes.substr(0, whole);
          bytes.erase(0, whole);
          return request;
        }
      }
      const ssize_t length = ::read(client, chunk, sizeof chunk);
      if (length <= 0) return "";
      bytes.append(chunk, static_cast<std::size_t>(length));
    }
  }

  Serve serve_;
  int listener_;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable released_;
  bool is_released_ = false;
  std::vector<std::string> requests_;
  std::list<Connection> connections_;
  std::thread accepting_;
};

}  // namespace wireproof::testing
