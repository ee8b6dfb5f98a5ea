#pragma once
// What the command line asks of the sandbox.

#include <sys/types.h>

#include <cstdint>
#include <vector>

#include "command_line/command_line.hpp"

namespace wireproof::sandbox {

/// What the program may use. 0: no limit.
struct Limits {
  std::uint64_t processes = 256;         ///< processes and threads together (RLIMIT_NPROC)
  std::uint64_t data = 2560ULL << 20;    ///< bytes of private writable memory of one process (RLIMIT_DATA)
  std::uint64_t descriptors = 256;       ///< open descriptors of one process (RLIMIT_NOFILE)
  std::uint64_t processor_seconds = 0;   ///< of one process (RLIMIT_CPU)
  std::uint64_t memory = 1024ULL << 20;  ///< resident bytes of all processes together
  std::uint64_t files = 10'000;          ///< files and folders in each tmpfs that can be written to
};

struct Options {
  int control = -1;  ///< a SOCK_SEQPACKET socket, to the harness
  int standard_input = -1;
  int standard_output = -1;
  int standard_error = -1;
  bool terminal = false;     ///< standard input is to be the controlling terminal
  bool raw_sockets = false;  ///< CAP_NET_RAW is granted
  uid_t user = 0;            ///< ids, in the outer user namespace, that the program gets
  gid_t group = 0;
  Limits limits;
  std::vector<char*> program;  ///< its words, then a null pointer
};

/// Declares everything but the program's words.
void declare(CommandLine& line, Options& options);

/// Takes the words behind the first "--" off the command line, untouched by the option parser (which would read
/// meaning into "[a,b]"), and gives how many words are left.
int take_program(int argc, char** argv, Options& options);

/// Throws UsageError for what the option parser cannot see.
void check(const Options& options);

}  // namespace wireproof::sandbox
