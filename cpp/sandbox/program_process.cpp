#include "sandbox/program_process.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>
#include <string>
#include <string_view>

#include "command_line/program.hpp"
#include "sandbox/process_table.hpp"
#include "sandbox/program_preparation.hpp"

namespace wireproof::sandbox {
namespace {

std::optional<Note> next_note(int channel) {
  Note note{};
  ssize_t length = 0;
  do {
    length = ::recv(channel, &note, sizeof note, 0);
  } while (length < 0 && errno == EINTR);
  if (length != sizeof note) return std::nullopt;
  return note;
}

void write_file(const std::string& path, std::string_view text) {
  const FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file.is_open() || ::write(file.get(), text.data(), text.size()) < 0) {
    fail(fmt::format("write \"{}\" to {}", text, path), errno);
  }
}

void map_ids(pid_t process, uid_t user, gid_t group) {
  const std::string folder = fmt::format("/proc/{}/", process);
  write_file(folder + "setgroups", "deny");
  write_file(folder + "uid_map", fmt::format("{} {} 1", program_id, user));
  write_file(folder + "gid_map", fmt::format("{} {} 1", program_id, group));
}

}  // namespace

ProgramProcess::ProgramProcess(const Options& options, const ControlSocket& control, const SystemCallFilter& filter) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    fail("make a channel to the program's process", errno);
  }
  channel_ = FileDescriptor(ends[0]);
  FileDescriptor far_end(ends[1]);
  pid_ = ::fork();
  if (pid_ < 0) fail("fork the program's process", errno);
  if (pid_ == 0) {
    channel_ = FileDescriptor();  // or the end of this process's parent would not be the channel's end
    become_program(options, control, filter, far_end.get());
  }
  far_end = FileDescriptor();
  const std::optional<Note> note = next_note(channel_.get());
  if (note && note->kind == Note::Kind::failed) fail(note->step.tried, note->step.error);
  if (!note) throw Failure("prepare the program's process: it has vanished");
  if (!options.raw_sockets) map_ids(pid_, options.user, options.group);
}

void ProgramProcess::proceed() const {
  const char byte = 'g';
  // A process that is gone is noticed by its end.
  static_cast<void>(::send(channel_.get(), &byte, 1, MSG_NOSIGNAL));
}

ProgramProcess::Exec ProgramProcess::take_outcome() {
  const std::optional<Note> note = next_note(channel_.get());
  channel_ = FileDescriptor();
  if (note && note->kind == Note::Kind::failed) fail(note->step.tried, note->step.error);
  if (note) return {Outcome::refused, note->error};
  // The channel closes at exec, and at death too.
  return {has_executed(pid_) ? Outcome::became_program : Outcome::vanished};
}

}  // namespace wireproof::sandbox
