#pragma once
// A balancer before nodes that answer as a test says.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "../base/odd_server.hpp"
#include "../base/running_program.hpp"
#include "../http/origin.hpp"
#include "../http_server/served_folder.hpp"

namespace wireproof::testing {

/// "HTTP/1.1 200 OK" with this body behind its length.
inline std::string ok(const std::string& body, const std::string& fields = "") {
  return fmt::format("HTTP/1.1 200 OK\r\n{}Content-Length: {}\r\n\r\n{}", fields, body.size(), body);
}

inline Origin::Serve saying(const std::string& bytes, bool keeps = true) {
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

}  // namespace wireproof::testing
