#include "sandbox/options.hpp"

#include <fcntl.h>

#include <algorithm>
#include <limits>
#include <string_view>
#include <utility>

#include "command_line/program.hpp"

namespace wireproof::sandbox {

void declare(CommandLine& line, Options& options) {
  const auto descriptor = [&](const char* name, int& value, const char* what) {
    line.option(name, value, what).required().between(0, std::numeric_limits<int>::max());
  };
  descriptor("--control", options.control, "SOCK_SEQPACKET socket on which the harness is told and asked");
  descriptor("--stdin", options.standard_input, "descriptor that becomes the program's standard input");
  descriptor("--stdout", options.standard_output, "descriptor that becomes its standard output");
  descriptor("--stderr", options.standard_error, "descriptor that becomes its standard error");
  line.flag("--terminal", options.terminal, "standard input is a terminal, and becomes the controlling one");
  line.option("--uid", options.user, "user of this user namespace that the program is to be").required();
  line.option("--gid", options.group, "group of this user namespace that the program is to be").required();

  const auto limit = [&](const char* name, std::uint64_t& value, const char* what) {
    line.option(name, value, what).show_default();
  };
  limit("--processes", options.limits.processes, "processes and threads together; 0: no limit");
  limit("--data", options.limits.data, "bytes of data of one process (RLIMIT_DATA); 0: no limit");
  limit("--descriptors", options.limits.descriptors, "open descriptors of one process; 0: as they are");
  limit("--processor-seconds", options.limits.processor_seconds, "of one process; 0: no limit");
  limit("--memory", options.limits.memory, "resident bytes of all together, more kills them; 0: no limit");
  limit("--files", options.limits.files, "files and folders in each writable tmpfs; 0: no limit");
  line.flag("--raw-sockets", options.raw_sockets, "the program keeps CAP_NET_RAW");
}

int take_program(int argc, char** argv, Options& options) {
  char** const end = argv + argc;
  char** const mark = std::find(argv, end, std::string_view("--"));
  if (mark == end) return argc;
  options.program.assign(mark + 1, end);
  options.program.push_back(nullptr);
  return static_cast<int>(mark - argv);
}

void check(const Options& options) {
  if (options.program.size() < 2) throw UsageError("no program is named: -- PROGRAM ARGUMENT… comes last");
  for (const auto& [name, value] :
       {std::pair{"--control", options.control}, std::pair{"--stdin", options.standard_input},
        std::pair{"--stdout", options.standard_output}, std::pair{"--stderr", options.standard_error}}) {
    if (::fcntl(value, F_GETFD) < 0) throw UsageError(fmt::format("{} {}: no such descriptor is open", name, value));
  }
}

}  // namespace wireproof::sandbox
