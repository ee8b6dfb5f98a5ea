#pragma once
// Which system calls a judged program may not make, and why: a table.

#include <seccomp.h>

#include <string_view>
#include <vector>

namespace wireproof::sandbox {

/// One call that fails, whatever its arguments or only when all of `when` hold.
struct Refusal {
  int call;   ///< its number; negative where this processor does not have it
  int error;  ///< the errno value that the program gets
  std::vector<scmp_arg_cmp> when{};
};

/// Calls that are refused for one reason.
struct RefusalGroup {
  std::string_view reason;
  std::vector<Refusal> refusals;
};

/// The whole table. Raw sockets of IPv4 and IPv6 are in it unless they are granted.
std::vector<RefusalGroup> refused_calls(bool raw_sockets_granted);

}  // namespace wireproof::sandbox
