#include "base/writing.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>

#include "command_line/program.hpp"

namespace wireproof {

int write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      pollfd ready{descriptor, POLLOUT, 0};
      ::poll(&ready, 1, -1);
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

void write_output(std::string_view bytes) {
  if (const int error = write_all(STDOUT_FILENO, bytes); error != 0) fail("write standard output", error);
}

void write_file(const std::string& path, std::string_view bytes, mode_t mode) {
  if (path == "-") return write_output(bytes);
  const std::string tried = fmt::format("write {}", printable(path));
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  if (file < 0) fail(tried, errno);
  const int error = write_all(file, bytes);
  // Some file systems tell only now that there is no room.
  const int closing_error = ::close(file) == 0 ? 0 : errno;
  if (error != 0 || closing_error != 0) fail(tried, error != 0 ? error : closing_error);
}

}  // namespace wireproof
