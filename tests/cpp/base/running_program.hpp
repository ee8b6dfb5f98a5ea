#pragma once
// Tests of whole programs: starts one, waits for facts with a deadline, and leaves nothing behind.

#include <fcntl.h>
#include <fmt/core.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace wireproof::testing {

/// Asks again and again until `fact` holds; false when that takes longer than a generous deadline.
inline bool eventually(const std::function<bool()>& fact, std::chrono::seconds deadline = std::chrono::seconds(30)) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  while (!fact()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

/// A program from the folder WIREPROOF_BIN, killed at the end of its scope. Its output is kept.
class RunningProgram {
 public:
  /// `words`: name and arguments. `before_start` runs in the new process. `standard_input`: -1 for none.
  explicit RunningProgram(std::vector<std::string> words, const std::function<void()>& before_start = {},
                          int standard_input = -1)
      : output_(::memfd_create("stdout", MFD_CLOEXEC)), errors_(::memfd_create("stderr", MFD_CLOEXEC)) {
    const char* folder = std::getenv("WIREPROOF_BIN");
    if (folder == nullptr) throw std::runtime_error("WIREPROOF_BIN is not set");
    const std::string path = fmt::format("{}/{}", folder, words.front());
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const int file = ::open(path.c_str(), O_PATH | O_CLOEXEC);
    const pid_t parent = ::getpid();
    pid_ = ::fork();
    if (pid_ == 0) {
      if (standard_input >= 0) ::dup2(standard_input, STDIN_FILENO);
      ::dup2(output_, STDOUT_FILENO);
      ::dup2(errors_, STDERR_FILENO);
      if (before_start) before_start();
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (::getppid() != parent) _exit(127);
      ::execv(path.c_str(), arguments.data());
      // before_start may have made it a user who cannot get into the folder.
      ::fexecve(file, arguments.data(), environ);
      _exit(127);
    }
    if (file >= 0) ::close(file);
  }
  RunningProgram(const RunningProgram&) = delete;
  RunningProgram& operator=(const RunningProgram&) = delete;

  ~RunningProgram() {
    if (!ended_) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, &status_, 0);
    }
    ::close(output_);
    ::close(errors_);
  }

  pid_t pid() const { return pid_; }
  std::string output() const { return contents(output_); }
  std::string errors() const { return contents(errors_); }

  /// Waits until stderr holds `text`.
  bool says(const std::string& text) const {
    const bool said = eventually([&] { return errors().find(text) != std::string::npos; });
    if (!said) ADD_FAILURE() << "never said \"" << text << "\"; stderr:\n" << errors();
    return said;
  }

  /// The port in "listening on …:PORT (tcp" or "(udp".
  std::uint16_t port() const {
    std::optional<std::uint16_t> port;
    eventually([&] { return (port = port_in(errors())).has_value(); });
    if (!port) ADD_FAILURE() << "never said where it listens; stderr:\n" << errors();
    return port.value_or(0);
  }

  void signal(int number) const { ::kill(pid_, number); }

  /// Waits for the end: exit status, or 128 + the signal's number.
  int exit_status() {
    if (!ended_) ended_ = eventually([&] { return ::waitpid(pid_, &status_, WNOHANG) == pid_; });
    if (!ended_) {
      ADD_FAILURE() << "did not end; stderr:\n" << errors();
      return -1;
    }
    return WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_);
  }

  /// Its children, zombies included.
  std::vector<pid_t> children() const {
    std::ifstream list(fmt::format("/proc/{0}/task/{0}/children", pid_));
    return {std::istream_iterator<pid_t>(list), {}};
  }

 private:
  /// Not by std::regex, which takes seconds to compile.
  static std::optional<std::uint16_t> port_in(const std::string& text) {
    const std::size_t after = std::min(text.find(" (tcp"), text.find(" (udp"));
    if (text.find('\n', after) == std::string::npos || text.rfind("listening on ", after) > after) return {};
    return static_cast<std::uint16_t>(std::stoi(text.substr(text.rfind(':', after) + 1)));
  }

  static std::string contents(int descriptor) {
    struct stat facts {};
    ::fstat(descriptor, &facts);
    std::string text(static_cast<std::size_t>(facts.st_size), '\0');
    const ssize_t length = ::pread(descriptor, text.data(), text.size(), 0);
    text.resize(length > 0 ? static_cast<std::size_t>(length) : 0);
    return text;
  }

  int output_;
  int errors_;
  pid_t pid_ = -1;
  int status_ = 0;
  bool ended_ = false;
};

/// Resident memory of a process in KiB.
inline long resident_kib(pid_t pid) {
  std::ifstream status(fmt::format("/proc/{}/status", pid));
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::stol(line.substr(6));
  }
  return -1;
}

/// Sets a running process's soft limit, leaving the hard one.
inline void set_soft_limit(pid_t pid, __rlimit_resource resource, rlim_t value) {
  rlimit limit{};
  ASSERT_EQ(::prlimit(pid, resource, nullptr, &limit), 0);
  limit.rlim_cur = std::min(value, limit.rlim_max);
  ASSERT_EQ(::prlimit(pid, resource, &limit, nullptr), 0);
}

}  // namespace wireproof::testing
