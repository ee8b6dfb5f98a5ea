// sandbox-init: process 1 of the sandbox that a judged program runs in.

#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <linux/magic.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "command_line/program.hpp"
#include "sandbox/control_socket.hpp"
#include "sandbox/file_systems.hpp"
#include "sandbox/options.hpp"
#include "sandbox/program_process.hpp"
#include "sandbox/supervisor.hpp"
#include "sandbox/system_call_filter.hpp"

using namespace wireproof;
using namespace wireproof::sandbox;

namespace {

constexpr const char* examples =
    "  bwrap --unshare-pid --as-pid-1 --cap-add ALL … -- sandbox-init --control 5 --stdin 6 --stdout 7 --stderr 8 \\\n"
    "    --uid 65534 --gid 65534 -- echo-server 1234      a server, as process 1 of a new process namespace\n"
    "  … --terminal --processes 8 -- sh                   what is typed into a pseudo-terminal goes to it\n"
    "  … --raw-sockets --memory 268435456 -- ping -c 1 10.0.0.2\n\n"
    "Packets on the control socket: \"ready\", \"waiting\" (from the program's own process); after \"go\": "
    "\"executed\" or\n"
    "\"refused ERRNO\"; \"ended STATUS USER_US SYSTEM_US MAXIMUM_KIB\", \"limit memory BYTES\", \"limit processes "
    "N\".\n"
    "\"release\", or the end of the socket, ends all that is left.";

// A program that may not open /dev/stderr again, because somebody else made the pipe, would be a wrong one for it.
void give_stream(int descriptor, const Options& options) {
  struct statfs system {};
  if (::fstatfs(descriptor, &system) != 0) return;
  const bool pipe = system.f_type == PIPEFS_MAGIC;
  const bool own_terminal = options.terminal && system.f_type == DEVPTS_SUPER_MAGIC;
  if (pipe || own_terminal) static_cast<void>(::fchown(descriptor, options.user, options.group));
}

// Whatever else came along would stay open as long as the sandbox lives: somebody might wait for its end.
void close_other_descriptors(const Options& options) {
  std::array<int, 4> kept = {options.control, options.standard_input, options.standard_output, options.standard_error};
  std::sort(kept.begin(), kept.end());
  int first = STDERR_FILENO + 1;
  for (const int descriptor : kept) {
    if (descriptor > first) ::close_range(static_cast<unsigned>(first), static_cast<unsigned>(descriptor) - 1, 0);
    first = std::max(first, descriptor + 1);
  }
  ::close_range(static_cast<unsigned>(first), ~0U, 0);
}

ExitStatus supervise(const Options& options) {
  check(options);
  const ControlSocket control(options.control);
  close_other_descriptors(options);
  protect_this_process();
  control.say(ready_message);
  const SystemCallFilter filter(refused_calls(options.raw_sockets));
  Supervisor supervisor(options, control);
  for (const int stream : {options.standard_input, options.standard_output, options.standard_error}) {
    give_stream(stream, options);
  }
  if (options.limits.files > 0) limit_files(options.limits.files);
  ProgramProcess program(options, control, filter);
  protect_proc();  // which its ids were written through
  program.proceed();
  for (const int stream : {options.standard_input, options.standard_output, options.standard_error}) {
    if (stream > STDERR_FILENO) ::close(stream);
  }
  supervisor.run(program);
  return ExitStatus::ok;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  const int own_words = take_program(argc, argv, options);
  const int status = run_program(
      own_words, argv,
      {"sandbox-init",
       "Process 1 of a sandbox: runs the program behind \"--\" without privileges and within limits, and tells the "
       "harness what becomes of it.",
       examples},
      [&](CommandLine& line) { declare(line, options); }, [&] { return supervise(options); });
  // No leisurely way out: what is left of the sandbox ends with this process.
  ::_exit(status);
}
