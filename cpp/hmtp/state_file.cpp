#include "hmtp/state_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <limits>

#include "bytes/decimal.hpp"
#include "command_line/program.hpp"
#include "files/replace_file.hpp"
#include "hmtp/fields.hpp"
#include "loop/file_descriptor.hpp"

namespace wireproof::hmtp {

std::optional<Registration> load_registration(const std::string& path, std::string& complaint) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) {
    if (errno != ENOENT) complaint = fmt::format("read {}: {}", printable(path), std::strerror(errno));
    return std::nullopt;
  }
  std::array<char, 256> buffer;
  const ssize_t length = ::read(file.get(), buffer.data(), buffer.size());
  if (length < 0) complaint = fmt::format("read {}: {}", printable(path), std::strerror(errno));
  if (length <= 0) return std::nullopt;
  std::string_view line(buffer.data(), static_cast<std::size_t>(length));
  if (line.back() == '\n') line.remove_suffix(1);
  const std::size_t space = line.rfind(' ');
  if (space != std::string_view::npos) {
    const auto root = parse_endpoint(line.substr(0, space));
    const auto expires = parse_plain_decimal(line.substr(space + 1), std::numeric_limits<std::uint32_t>::max());
    if (root && expires) return Registration{*root, *expires};
  }
  complaint = fmt::format("read {}: not a registration, starting without one", printable(path));
  return std::nullopt;
}

void save_registration(const std::string& path, const std::optional<Registration>& registration) {
  std::string line;
  if (registration) {
    append_text(line, registration->root);
    line += fmt::format(" {}\n", registration->expires);
  }
  replace_file(path, line, 0600);
}

}  // namespace wireproof::hmtp
