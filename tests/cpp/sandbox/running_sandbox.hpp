#pragma once
// A whole sandbox for tests: a cell as harness/world/cell makes it, bubblewrap in it, sandbox-init in that. Ordinary
// users and root can run it. Nothing of it is left at the end of its scope.

#include <fmt/format.h>
#include <sys/types.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "loop/file_descriptor.hpp"

namespace wireproof::sandbox::testing {

inline constexpr std::chrono::seconds patience(30);  // a generous deadline for everything that has to happen

/// What sandbox-init said, and who the kernel says it was, in this process's namespaces.
struct Packet {
  std::string text;  ///< empty: the other end is closed
  pid_t sender = -1;
};

struct Arrangement {
  std::vector<std::string> options{};  ///< of sandbox-init, in front of "--"
  bool terminal = false;               ///< standard input and output are a pseudo-terminal
  std::string in_cell{};               ///< a shell command that goes first, in the cell
  std::string mounts{};                ///< further options of bubblewrap
};

class RunningSandbox {
 public:
  explicit RunningSandbox(const std::vector<std::string>& program, const Arrangement& setup = {});
  RunningSandbox(const RunningSandbox&) = delete;
  RunningSandbox& operator=(const RunningSandbox&) = delete;
  ~RunningSandbox();

  /// The next packet; fails the test when none comes in time.
  Packet next();
  /// next(), but limits that are only told of are passed over.
  Packet next_but_limits();
  void say(const std::string& text) const;
  void hang_up() { control_ = FileDescriptor(); }

  /// Up to "waiting".
  void prepare();
  /// Up to "executed".
  void start();
  /// Raw wait status that "ended" tells; the rest of it in `last`.
  int ended();
  /// Releases and waits for the end of all; sandbox-init's exit status.
  int release();
  /// Waits for the end of the cell by itself; its exit status.
  int finish();

  pid_t init() const { return init_; }
  pid_t program() const { return program_; }
  /// Master's end when there is a terminal.
  int input() const { return input_.get(); }
  void type(const std::string& text) const;
  void close_input() { input_ = FileDescriptor(); }
  /// Standard output to its end, which is seen only when nobody holds it any more.
  std::string output();
  std::string errors();
  /// Reads standard output until it contains `text`.
  bool shows(const std::string& text);
  /// Bubblewrap's and sandbox-init's own standard error.
  std::string own_errors() const;
  /// Numbers, here, of all processes of the sandbox but sandbox-init.
  std::vector<pid_t> processes() const;

  std::string last;  ///< text of the last packet

 private:
  static std::string read_to_end(int descriptor, std::string text);

  FileDescriptor control_;
  FileDescriptor input_;
  FileDescriptor output_;
  FileDescriptor errors_;
  FileDescriptor own_errors_;
  std::string shown_;
  pid_t cell_ = -1;
  pid_t init_ = -1;
  pid_t program_ = -1;
};

/// Asks again and again until `fact` holds; false when that takes longer than patience.
template <typename Fact>
bool eventually(const Fact& fact) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!fact()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

/// Runs a program to its end, outside of any cell; exit status and standard error.
struct Plain {
  int status;
  std::string output;
  std::string errors;
};
Plain run_plainly(const std::vector<std::string>& arguments);

/// The sandbox's program as Python text.
inline std::vector<std::string> python(const std::string& text) { return {"python3", "-c", text}; }
inline std::vector<std::string> shell(const std::string& text) { return {"sh", "-c", text}; }

/// The user and group, in the cell, that the program gets: nobody's for root, the only one that there is else.
unsigned program_owner();

/// A field of /proc/PID/status, "" when there is no such process.
std::string status_field(pid_t process, const std::string& name);

}  // namespace wireproof::sandbox::testing
