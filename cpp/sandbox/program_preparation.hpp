#pragma once
// What happens in the new process before it is the judged program.

#include "sandbox/control_socket.hpp"
#include "sandbox/options.hpp"
#include "sandbox/system_call_filter.hpp"

namespace wireproof::sandbox {

/// Prepares this process, says "waiting" on `control`, waits for a word on `channel`, and becomes the program. If that
/// is refused: a line on standard error, a Note on `channel`, and status 127 (there is no such program) or 126.
[[noreturn]] void become_program(const Options& options, const ControlSocket& control, const SystemCallFilter& filter,
                                 int channel);

}  // namespace wireproof::sandbox
