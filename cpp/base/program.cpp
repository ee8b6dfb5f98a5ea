#include "base/program.hpp"

#include <csignal>
#include <unistd.h>

#include <cerrno>

#include "base/version.hpp"

namespace wireproof {
namespace {

std::string program_name = "wireproof";

/// Length of the valid UTF-8 sequence at the start of `bytes`, 0 when there is none (RFC 3629).
std::size_t utf8_length(std::string_view bytes) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const unsigned char first = byte(0);
  std::size_t length = 0;
  unsigned char low = 0x80;
  unsigned char high = 0xBF;
  if (first < 0x80) {
    return 1;
  }
  if (first >= 0xC2 && first <= 0xDF) {
    length = 2;
  } else if (first >= 0xE0 && first <= 0xEF) {
    length = 3;
    if (first == 0xE0) low = 0xA0;
    if (first == 0xED) high = 0x9F;
  } else if (first >= 0xF0 && first <= 0xF4) {
    length = 4;
    if (first == 0xF0) low = 0x90;
    if (first == 0xF4) high = 0x8F;
  } else {
    return 0;
  }
  if (bytes.size() < length || byte(1) < low || byte(1) > high) {
    return 0;
  }
  for (std::size_t i = 2; i < length; ++i) {
    if (byte(i) < 0x80 || byte(i) > 0xBF) {
      return 0;
    }
  }
  return length;
}

}  // namespace

int run_program(int argc, char** argv, const Description& description,
                const std::function<void(CLI::App&)>& declare, const std::function<ExitStatus()>& body) {
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

void say_line(std::string_view message) {
  const std::string line = fmt::format("{}: {}\n", program_name, message);
  std::string_view rest = line;
  while (!rest.empty()) {
    const ssize_t written = ::write(STDERR_FILENO, rest.data(), rest.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return;  // nobody is left to be told
    }
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

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
