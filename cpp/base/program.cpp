#include "base/program.hpp"

#include <unistd.h>
#include <csignal>

#include <cerrno>

#include "base/utf8.hpp"
#include "base/version.hpp"

namespace wireproof {
namespace {

std::string program_name = "wireproof";

void write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return;  // nobody is left to be told
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

void fail(std::string_view tried, int error) { throw Failure(tried, {error, std::generic_category()}); }

int run_program(int argc, char** argv, const Description& description, const std::function<void(CLI::App&)>& declare,
                const std::function<ExitStatus()>& body) {
  program_name = description.name;
  std::signal(SIGPIPE, SIG_IGN);
  CLI::App app(description.summary, description.name);
  app.set_version_flag("--version", fmt::format("{} (wireproof) {}", description.name, WIREPROOF_VERSION));
  app.footer(fmt::format("\nExamples:\n{}\n\nExit status: 0 done, 1 failed, 2 wrong usage.", description.examples));
  declare(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {
    return app.exit(asked);
  } catch (const CLI::Error& error) {
    say("{} (see {} --help)", error.what(), description.name);
    return static_cast<int>(ExitStatus::usage);
  }
  try {
    return static_cast<int>(body());
  } catch (const UsageError& error) {
    say("{} (see {} --help)", error.what(), description.name);
    return static_cast<int>(ExitStatus::usage);
  } catch (const std::exception& error) {
    say_line(error.what());
    return static_cast<int>(ExitStatus::failed);
  }
}

void say_line(std::string_view message) { write_all(STDERR_FILENO, fmt::format("{}: {}\n", program_name, message)); }

void print_line(std::string_view line) { write_all(STDOUT_FILENO, fmt::format("{}\n", line)); }

std::string printable(std::string_view bytes, std::size_t limit) {
  std::string shown;
  const bool cut = bytes.size() > limit;
  bytes = bytes.substr(0, limit);
  while (!bytes.empty()) {
    const auto first = static_cast<unsigned char>(bytes.front());
    std::size_t length = utf8_length(bytes);
    const bool c1_control = length == 2 && first == 0xC2 && static_cast<unsigned char>(bytes[1]) < 0xA0;
    if (length == 0 || first < 0x20 || first == 0x7F || c1_control) {
      length = std::max<std::size_t>(length, 1);
      for (const char byte : bytes.substr(0, length)) {
        shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
      }
    } else {
      shown += bytes.substr(0, length);
    }
    bytes.remove_prefix(length);
  }
  return cut ? shown + "…" : shown;
}

}  // namespace wireproof
