#pragma once
// The habits all wireproof programs share: --help with examples, --version, exit status 0/1/2,
// and messages for people on stderr.

#include <fmt/core.h>

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "command_line/command_line.hpp"
#include "text/failure.hpp"
#include "text/utf8.hpp"

namespace wireproof {

/// Exit statuses of every program.
enum class ExitStatus : int { ok = 0, failed = 1, usage = 2 };

/// An option in seconds for what waits whole milliseconds: rounded up, since 0 often means "for ever".
std::chrono::milliseconds patience_of(double seconds);

/// Parses the command line, runs `body`, and turns its outcome into an exit status:
/// body's own status; 1 for Failure and other exceptions; 2 for UsageError.
/// `declare` adds the program's options. SIGPIPE is ignored, so that a closed peer is an error code and not a death.
int run_program(int argc, char** argv, const Description& description, const std::function<void(CommandLine&)>& declare,
                const std::function<ExitStatus()>& body);

/// Writes "name: message\n" to stderr in one write, so that lines of several processes do not mix. What would move a
/// terminal is escaped, line ends and tabs apart.
void say_line(std::string_view message);

/// say_line with fmt formatting.
template <typename... Arguments>
void say(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  say_line(fmt::format(format, std::forward<Arguments>(arguments)...));
}

/// Writes "line\n" to standard output in one write, escaped likewise: for what a program found, as say_line() is for
/// what it did. Throws Failure when it cannot be written.
void print_line(std::string_view line);

}  // namespace wireproof
