#include "base/program.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <sstream>

#include "base/version.hpp"
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

/// False when --help or --version was asked for, and shown.
bool parse(CLI::App& app, int argc, char** argv) {
  try {
    app.parse(argc, argv);
    return true;
  } catch (const CLI::Success& asked) {
    std::ostringstream text;
    app.exit(asked, text);
    write_output(text.str());
    return false;
  } catch (const CLI::Error& error) {
    throw UsageError(error.what());
  }
}

}  // namespace

void fail(std::string_view tried, int error) { throw Failure(tried, {error, std::generic_category()}); }

int run_program(int argc, char** argv, const Description& description, const std::function<void(CLI::App&)>& declare,
                const std::function<ExitStatus()>& body) {
  program_name = description.name;
  std::signal(SIGPIPE, SIG_IGN);
  keep_standard_descriptors();
  CLI::App app(description.summary, description.name);
  app.set_version_flag("--version", fmt::format("{} (wireproof) {}", description.name, WIREPROOF_VERSION));
  app.footer(fmt::format("\nExamples:\n{}\n\nExit status: 0 done, 1 failed, 2 wrong usage.", description.examples));
  declare(app);
  try {
    return static_cast<int>(parse(app, argc, argv) ? body() : ExitStatus::ok);
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
