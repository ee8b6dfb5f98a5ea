#pragma once
// A program under test: started, read from, signalled, waited for; every wait has a deadline.

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

namespace wireproof::test {

class Child {
 public:
  /// Starts a program of WIREPROOF_BIN with both outputs read through one pipe each.
  Child(const std::string& program, std::vector<std::string> arguments) {
    const char* const folder = std::getenv("WIREPROOF_BIN");
    if (folder == nullptr) throw std::runtime_error("WIREPROOF_BIN is not set");
    const std::string path = std::string(folder) + "/" + program;
    std::vector<char*> words{const_cast<char*>(path.c_str())};
    for (auto& argument : arguments) words.push_back(argument.data());
    words.push_back(nullptr);
    int out[2];
    int err[2];
    if (::pipe2(out, O_CLOEXEC) != 0 || ::pipe2(err, O_CLOEXEC) != 0) throw std::runtime_error("pipe");
    pid_ = ::fork();
    if (pid_ < 0) throw std::runtime_error("fork");
    if (pid_ == 0) {
      ::dup2(out[1], STDOUT_FILENO);
      ::dup2(err[1], STDERR_FILENO);
      ::execv(path.c_str(), words.data());
      ::_exit(127);
    }
    ::close(out[1]);
    ::close(err[1]);
    out_ = out[0];
    err_ = err[0];
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
    ::close(out_);
    ::close(err_);
  }

  /// Reads stderr until it contains `text`; throws after 20 s or at its end.
  void wait_for(const std::string& text) {
    while (error.find(text) == std::string::npos) {
      if (!read_some()) throw std::runtime_error("no '" + text + "' in: " + error);
    }
  }

  void signal(int number) const { ::kill(pid_, number); }

  /// Reads both outputs to their end; returns the exit status, or minus the signal that killed it.
  int finish() {
    while (read_some()) {
    }
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

  std::string output;
  std::string error;

 private:
  bool read_some() {
    pollfd waiting[] = {{out_open_ ? out_ : -1, POLLIN, 0}, {err_open_ ? err_ : -1, POLLIN, 0}};
    if (!out_open_ && !err_open_) return false;
    if (::poll(waiting, 2, 20000) <= 0) throw std::runtime_error("20 s of silence after: " + error);
    take(waiting[0], output, out_open_);
    take(waiting[1], error, err_open_);
    return true;
  }

  static void take(const pollfd& from, std::string& into, bool& open) {
    if (from.revents == 0) return;
    char buffer[4096];
    const ssize_t got = ::read(from.fd, buffer, sizeof buffer);
    if (got <= 0) {
      open = false;
    } else {
      into.append(buffer, static_cast<std::size_t>(got));
    }
  }

  pid_t pid_ = -1;
  int out_ = -1;
  int err_ = -1;
  bool out_open_ = true;
  bool err_open_ = true;
};

}  // namespace wireproof::test
