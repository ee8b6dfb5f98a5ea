#pragma once
// An http-server of a folder that a test fills, and what its answers are.

#include <fmt/core.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "../base/running_program.hpp"
#include "../base/test_client.hpp"

namespace wireproof::testing {

/// A folder of its own, which goes with it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "http-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
    std::filesystem::permissions(path_, std::filesystem::perms(0755));
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }

  const std::filesystem::path& path() const { return path_; }
  void write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << text;
  }

 private:
  std::filesystem::path path_;
};

/// An answer in pieces that tests ask for.
struct Reply {
  unsigned status = 0;
  std::string head;
  std::string body;

  /// "name: value" is a line of the head.
  bool has(const std::string& line) const { return head.find("\r\n" + line + "\r\n") != std::string::npos; }
};

/// The next answer; its body is as long as Content-Length says, unless it answers HEAD.
inline Reply receive_reply(const TestClient& client, bool to_head = false) {
  Reply reply;
  while (!reply.head.ends_with("\r\n\r\n")) {
    const std::string byte = client.receive(1);
    if (byte.empty()) break;
    reply.head += byte;
  }
  if (reply.head.size() > 12) reply.status = static_cast<unsigned>(std::strtoul(reply.head.data() + 9, nullptr, 10));
  const std::size_t field = reply.head.find("\r\nContent-Length: ");
  if (field != std::string::npos && !to_head) {
    reply.body = client.receive(std::strtoul(reply.head.data() + field + 18, nullptr, 10));
  }
  return reply;
}

inline std::string get(const std::string& target, const std::string& fields = "", const std::string& method = "GET") {
  return fmt::format("{} {} HTTP/1.1\r\nHost: h\r\n{}\r\n", method, target, fields);
}

class ServedFolder : public TemporaryFolder {
 public:
  /// `words`: further ones of the command. `before_start` runs in the new process.
  explicit ServedFolder(std::vector<std::string> words = {}, const std::function<void()>& before_start = {}) {
    std::vector<std::string> all{"http-server", "--root", (path() / "site").string(), "--port", "0"};
    all.insert(all.end(), words.begin(), words.end());
    std::filesystem::create_directories(path() / "site");
    write("site/a.txt", "hello");
    program_.emplace(all, before_start);
    port_ = program_->port();
  }

  RunningProgram& program() { return *program_; }
  TestClient client(int family = AF_INET, int receive_buffer = 0) const {
    return TestClient(port_, family, receive_buffer);
  }
  /// On a connection of its own.
  Reply ask(const std::string& bytes, bool to_head = false) const {
    const TestClient client = this->client();
    client.send(bytes);
    return receive_reply(client, to_head);
  }

 private:
  std::optional<RunningProgram> program_;
  std::uint16_t port_ = 0;
};

}  // namespace wireproof::testing
