#include "sandbox/program_preparation.hpp"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>

#include "sandbox/privileges.hpp"
#include "sandbox/program_process.hpp"

namespace wireproof::sandbox {
namespace {

void note(int channel, const Note& words) { static_cast<void>(::send(channel, &words, sizeof words, MSG_NOSIGNAL)); }

// False when the other end is closed.
bool await_word(int channel) {
  char byte = 0;
  ssize_t length = 0;
  do {
    length = ::recv(channel, &byte, 1, 0);
  } while (length < 0 && errno == EINTR);
  return length == 1;
}

void take_streams(const Options& options) {
  const std::array<int, 3> given = {options.standard_input, options.standard_output, options.standard_error};
  std::array<int, 3> copies{};
  // Copies first: one of the given may be another one's target.
  for (std::size_t index = 0; index < given.size(); ++index) {
    copies[index] = ::fcntl(given[index], F_DUPFD_CLOEXEC, 3);
    demand(copies[index] >= 0, "copy the program's standard streams");
  }
  for (std::size_t index = 0; index < given.size(); ++index) {
    demand(::dup2(copies[index], static_cast<int>(index)) >= 0, "set the program's standard streams");
  }
  demand(::close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC) == 0, "keep other descriptors from the program");
}

void take_terminal(bool terminal) {
  demand(::setsid() >= 0, "make the program a session");
  if (terminal) demand(::ioctl(STDIN_FILENO, TIOCSCTTY, 0) == 0, "make standard input the controlling terminal");
}

void take_identity(const Options& options, int channel) {
  // A cell of an ordinary user forbids this; then the user's own groups stay.
  static_cast<void>(::setgroups(0, nullptr));
  if (!options.raw_sockets) demand(::unshare(CLONE_NEWUSER) == 0, "make a user namespace for the program");
  note(channel, {Note::Kind::wants_ids, {}});
  if (!await_word(channel)) ::_exit(1);
  if (options.raw_sockets) {
    become(options.user, options.group, CAP_NET_RAW);
  } else {
    become(program_id, program_id, std::nullopt);
  }
}

void complain(const char* program, int error) {
  std::signal(SIGPIPE, SIG_IGN);  // with nobody to read it, the exit status still tells
  const std::array<const char*, 5> pieces = {"cannot run ", program, ": ", ::strerror(error), "\n"};
  std::array<iovec, pieces.size()> line{};
  for (std::size_t index = 0; index < pieces.size(); ++index) {
    line[index] = {const_cast<char*>(pieces[index]), std::strlen(pieces[index])};
  }
  static_cast<void>(::writev(STDERR_FILENO, line.data(), line.size()));
}

}  // namespace

void become_program(const Options& options, const ControlSocket& control, const SystemCallFilter& filter, int channel) {
  try {
    take_streams(options);
    take_terminal(options.terminal);
    take_identity(options, channel);
    if (const int error = filter.load(); error != 0) throw FailedStep{"load the seccomp filter", error};
    restore_signals();
    limit(options.limits);
  } catch (const FailedStep& step) {
    note(channel, {Note::Kind::failed, step});
    ::_exit(1);
  }
  if (!control.say(waiting_message) || !await_word(channel)) ::_exit(1);
  ::execvp(options.program.front(), options.program.data());
  const int error = errno;
  note(channel, {Note::Kind::refused, {}, error});
  complain(options.program.front(), error);
  ::_exit(error == ENOENT ? 127 : 126);
}

}  // namespace wireproof::sandbox
