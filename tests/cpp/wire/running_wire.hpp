#pragma once
// wire as a running program between virtual Ethernet devices, spoken to by control lines.

#include <fcntl.h>
#include <gmock/gmock.h>

#include <boost/json/parse.hpp>

#include <filesystem>
#include <sstream>

#include "../base/running_program.hpp"
#include "network_namespace.hpp"

namespace wireproof::wire::testing {

using namespace wireproof::testing;

/// A file that is gone at the end of its scope.
class ScratchFile {
 public:
  explicit ScratchFile(const std::string& text = "") : path_(::testing::TempDir() + "wire-XXXXXX") {
    const int descriptor = ::mkstemp(path_.data());
    EXPECT_EQ(::write(descriptor, text.data(), text.size()), static_cast<ssize_t>(text.size()));
    ::close(descriptor);
  }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
  ~ScratchFile() { std::filesystem::remove(path_); }

  const std::string& path() const { return path_; }
  std::vector<std::string> lines() const {
    std::ifstream file(path_);
    std::vector<std::string> all;
    for (std::string line; std::getline(file, line);) all.push_back(line);
    return all;
  }

 private:
  std::string path_;
};

/// Control lines for a program.
class Input {
 public:
  Input() { EXPECT_EQ(::pipe2(ends_, O_CLOEXEC), 0); }
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;
  ~Input() {
    ::close(ends_[0]);
    close();
  }
  int read_end() const { return ends_[0]; }
  void write(const std::string& text) const {
    EXPECT_EQ(::write(ends_[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  void close() {
    if (ends_[1] >= 0) ::close(std::exchange(ends_[1], -1));
  }

 private:
  int ends_[2] = {-1, -1};
};

class WireProgram : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!enter_network_namespace())
      GTEST_SKIP() << "this system allows no network namespaces: " << std::strerror(errno);
    ip("link add a0 type veth peer name W-a");
    ip("link add b0 type veth peer name W-b");
    for (const char* device : {"a0", "b0", "W-a", "W-b"}) ip(fmt::format("link set {} addrgenmode none up", device));
    left_.emplace("a0");
    right_.emplace("b0");
  }
  void TearDown() override {
    for (const char* device : {"a0", "b0"}) {
      if (::if_nametoindex(device) != 0) ip(fmt::format("link delete {}", device));
    }
  }

  /// Started, and ready.
  RunningProgram& start(std::vector<std::string> options) {
    options.insert(options.begin(), {"wire", "W-a", "W-b"});
    wire_.emplace(std::move(options), std::function<void()>(), input_.read_end());
    EXPECT_TRUE(answer("ready"));
    EXPECT_TRUE(wire_->says("wire: joining W-a and W-b"));
    return *wire_;
  }

  /// The last answer of that kind, once one has come that was not there when `after` had been counted.
  std::optional<boost::json::object> answer(const std::string& event, std::size_t after = 0) const {
    std::optional<boost::json::object> found;
    eventually([&] {
      std::istringstream lines(wire_->output());
      std::size_t number = 0;
      for (std::string line; std::getline(lines, line);) {
        if (lines.eof()) break;  // being written
        const auto object = boost::json::parse(line).get_object();
        if (object.at("event").as_string() == event && ++number > after) found = object;
      }
      return found.has_value();
    });
    return found;
  }

  std::int64_t counter(const char* direction, const char* name, std::size_t asked_before) {
    input_.write("{\"counters\": true}\n");
    const auto told = answer("counters", asked_before);
    return told ? told->at(direction).as_object().at(name).as_int64() : -1;
  }

  Input input_;
  std::optional<FrameSocket> left_;
  std::optional<FrameSocket> right_;
  std::optional<RunningProgram> wire_;
};

}  // namespace wireproof::wire::testing
