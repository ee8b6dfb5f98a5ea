#pragma once
// An http-proxy, and what its answers are.

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "../base/running_program.hpp"
#include "../base/test_client.hpp"
#include "../http/origin.hpp"
#include "../http_server/served_folder.hpp"

namespace wireproof::testing {

/// The next answer, but those of 1xx; its body as Content-Length or chunks have it, or to the connection's end.
inline Reply receive_answer(const TestClient& client, bool to_head = false) {
  Reply reply;
  do {
    reply = Reply();
    while (!reply.head.ends_with("\r\n\r\n")) {
      const std::string byte = client.receive(1);
      if (byte.empty()) return reply;
      reply.head += byte;
    }
    reply.status = static_cast<unsigned>(std::strtoul(reply.head.data() + 9, nullptr, 10));
  } while (reply.status < 200);
  if (to_head || reply.status == 304 || reply.status == 204) return reply;
  const std::size_t field = reply.head.find("\r\nContent-Length: ");
  if (field != std::string::npos) {
    reply.body = client.receive(std::strtoul(reply.head.data() + field + 18, nullptr, 10));
    return reply;
  }
  if (!reply.has("Transfer-Encoding: chunked")) {
    reply.body = client.receive_to_end();
    return reply;
  }
  for (;;) {
    const std::size_t size = std::strtoul(client.receive_line().c_str(), nullptr, 16);
    if (size == 0) break;
    reply.body += client.receive(size);
    client.receive(2);
  }
  while (client.receive_line().size() > 1) {
  }
  return reply;
}

class RunningProxy : public TemporaryFolder {
 public:
  explicit RunningProxy(std::vector<std::string> words = {}, const std::function<void()>& before_start = {})
      : words_(std::move(words)) {
    start(before_start);
  }

  void start(const std::function<void()>& before_start = {}) {
    std::vector<std::string> all{"http-proxy", "--host", "127.0.0.1", "--port", "0", "--via", "me", "--cache", cache()};
    all.insert(all.end(), words_.begin(), words_.end());
    program_.emplace(all, before_start);
    port_ = program_->port();
  }
  /// By a signal, and in order.
  void stop() {
    program_->signal(SIGTERM);
    EXPECT_EQ(program_->exit_status(), 0) << program_->errors();
  }
  void kill() {
    program_->signal(SIGKILL);
    program_->exit_status();
  }

  std::string cache() const { return (path() / "cache").string(); }
  RunningProgram& program() { return *program_; }
  std::uint16_t port() const { return port_; }
  TestClient client(int receive_buffer = 0) const { return TestClient(port_, AF_INET, receive_buffer); }
  /// On a connection of its own.
  Reply ask(const std::string& bytes, bool to_head = false) const {
    const TestClient client = this->client();
    client.send(bytes);
    return receive_answer(client, to_head);
  }
  Reply get(const std::string& url, const std::string& fields = "") const {
    return ask(fmt::format("GET {} HTTP/1.1\r\nHost: h\r\n{}\r\n", url, fields));
  }
  /// A number of the JSON that it tells of itself.
  std::uint64_t count(const std::string& name) const {
    const std::string json = ask("GET /.well-known/http-proxy.json HTTP/1.1\r\nHost: h\r\n\r\n").body;
    const std::size_t place = json.find(fmt::format("\"{}\": ", name));
    if (place == std::string::npos) ADD_FAILURE() << name << " is not in " << json;
    return place == std::string::npos ? 0 : std::stoull(json.substr(place + name.size() + 4));
  }

 private:
  std::vector<std::string> words_;
  std::optional<RunningProgram> program_;
  std::uint16_t port_ = 0;
};

}  // namespace wireproof::testing
