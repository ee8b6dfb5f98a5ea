#pragma once
// A node that answers as a test says, each connection in a thread of its own; and a balancer before such nodes.

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "../base/odd_server.hpp"
#include "../base/running_program.hpp"
#include "../http_server/served_folder.hpp"

namespace wireproof::testing {

class ScriptedNode {
 public:
  /// Gets a request, head and as much of a body as Content-Length tells, and the connection; false: it is closed now.
  using Serve = std::function<bool(const std::string& request, int client)>;

  explicit ScriptedNode(Serve serve)
      : serve_(std::move(serve)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof name;
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&name), length), 0);
    EXPECT_EQ(::listen(listener_, 64), 0);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&name), &length);
    port_ = ntohs(name.sin_port);
    thread_ = std::thread([this] { accept(); });
  }
  ScriptedNode(const ScriptedNode&) = delete;
  ScriptedNode& operator=(const ScriptedNode&) = delete;
  ~ScriptedNode() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    {
      const std::lock_guard lock(mutex_);
      is_over_ = true;
      for (const Client& client : clients_) ::shutdown(client.socket, SHUT_RDWR);
    }
    for (Client& client : clients_) {
      client.thread.join();
      ::close(client.socket);
    }
    ::close(listener_);
  }

  std::uint16_t port() const { return port_; }
  std::vector<std::string> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  std::size_t connections() const {
    const std::lock_guard lock(mutex_);
    return clients_.size();
  }

 private:
  struct Client {
    int socket;
    std::thread thread{};
  };

  void accept() {
    for (int socket; (socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
      const std::lock_guard lock(mutex_);
      Client& client = clients_.emplace_back(Client{socket});
      client.thread = std::thread([this, socket] {
        for (std::string request; !(request = read_request(socket)).empty();) {
          keep(request);
          if (!serve_(request, socket)) break;
        }
        ::shutdown(socket, SHUT_RDWR);
      });
    }
  }
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
  void keep(const std::string& request) {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
  }

  Serve serve_;
  int listener_;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::list<Client> clients_;
  bool is_over_ = false;
  std::thread thread_;
};

/// "HTTP/1.1 200 OK" with this body behind its length.
inline std::string ok(const std::string& body, const std::string& fields = "") {
  return fmt::format("HTTP/1.1 200 OK\r\n{}Content-Length: {}\r\n\r\n{}", fields, body.size(), body);
}

inline ScriptedNode::Serve saying(const std::string& bytes, bool keeps = true) {
  return [bytes, keeps](const std::string&, int client) {
    send_all(client, bytes);
    return keeps;
  };
}

/// http-balancer with a file of its own.
class RunningBalancer : public TemporaryFolder {
 public:
  /// `keys`: of [balancer]; "" begins with no checks, so that nodes see what the test asks alone.
  explicit RunningBalancer(const std::vector<std::uint16_t>& ports, const std::string& keys = "check_interval = 0\n",
                           std::vector<std::string> words = {}) {
    configure(ports, keys);
    std::vector<std::string> all{"http-balancer", "--config", file(), "--host", "127.0.0.1", "--port", "0"};
    all.insert(all.end(), words.begin(), words.end());
    program_.emplace(all);
    port_ = program_->port();
  }

  std::string file() const { return (path() / "config.ini").string(); }
  void configure(const std::vector<std::uint16_t>& ports, const std::string& keys) const {
    write("config.ini", configuration(ports, keys));
  }
  static std::string configuration(const std::vector<std::uint16_t>& ports, const std::string& keys) {
    std::string text = keys.empty() ? "" : "[balancer]\n" + keys;
    for (std::size_t i = 0; i < ports.size(); ++i) {
      text += fmt::format("[nodo{}]\nhost = 127.0.0.1\nport = {}\n", i + 1, ports[i]);
    }
    return text;
  }
  RunningProgram& program() { return *program_; }
  std::uint16_t port() const { return port_; }
  TestClient client() const { return TestClient(port_); }
  /// On a connection of its own.
  Reply ask(const std::string& bytes, bool to_head = false) const {
    const TestClient client(port_);
    client.send(bytes);
    return receive_reply(client, to_head);
  }

 private:
  std::optional<RunningProgram> program_;
  std::uint16_t port_ = 0;
};

/// A port where nobody listens.
inline std::uint16_t free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof name;
  EXPECT_EQ(::bind(socket, reinterpret_cast<sockaddr*>(&name), length), 0);
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&name), &length);
  ::close(socket);
  return ntohs(name.sin_port);
}

}  // namespace wireproof::testing
