#include "command_line/program.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>

#include "base/writing.hpp"

namespace wireproof {
namespace {

/// The controls that a text of several lines may hold.
constexpr std::string_view kLayout = "\n\t";

std::string program_name = "wireproof";

/// A standard descriptor that is closed must not become that of a socket, which lines would then be sent to: it is
/// taken, in a way that reading or writing fails as before.
void keep_standard_descriptors() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(descriptor, F_GETFD) >= 0) continue;
    static_cast<void>(::open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY));
  }
}

}  // namespace

int run_program(int argc, char** argv, const Description& description, const std::function<void(CommandLine&)>& declare,
                const std::function<ExitStatus()>& body) {
  program_name = description.name;
  std::signal(SIGPIPE, SIG_IGN);
  keep_standard_descriptors();
  CommandLine line(description);
  declare(line);
  try {
    if (const auto asked = line.parse(argc, argv)) {
      write_output(*asked);
      return static_cast<int>(ExitStatus::ok);
    }
    return static_cast<int>(body());
  } catch (const UsageError& error) {
    say("{} (see {} --help)", error.what(), description.name);
    return static_cast<int>(ExitStatus::usage);
  } catch (const std::exception& error) {
    say_line(error.what());
    return static_cast<int>(ExitStatus::failed);
  }
}

std::chrono::milliseconds patience_of(double seconds) {
  return std::chrono::ceil<std::chrono::milliseconds>(std::chrono::duration<double>(seconds));
}

void say_line(std::string_view message) {
  // Where nobody reads, nobody is left to be told.
  write_all(STDERR_FILENO, fmt::format("{}: {}\n", program_name, escaped(message, kLayout)));
}

void print_line(std::string_view line) { write_output(escaped(line, kLayout) + '\n'); }

}  // namespace wireproof
