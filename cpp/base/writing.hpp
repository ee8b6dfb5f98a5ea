#pragma once
// Writing all of it, or telling why not.

#include <sys/types.h>

#include <string>
#include <string_view>

namespace wireproof {

/// Writes all of `bytes`, in as many pieces as the descriptor takes; one that takes none now (EAGAIN) is waited for.
/// Returns 0, or what the system said, an errno value.
int write_all(int descriptor, std::string_view bytes);

/// Writes to standard output. Throws Failure "write standard output: …".
void write_output(std::string_view bytes);

/// Makes the file `path` of `bytes`, a new one with `mode`, or writes them to standard output when `path` is "-".
/// Throws Failure "write PATH: …".
void write_file(const std::string& path, std::string_view bytes, mode_t mode = 0666);

}  // namespace wireproof
