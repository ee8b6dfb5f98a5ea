#include "files/replace_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "base/writing.hpp"
#include "command_line/program.hpp"
#include "files/rename_file.hpp"

namespace wireproof {
namespace {

/// 0, or an errno value.
int write_and_sync(const std::string& path, std::string_view bytes, mode_t mode) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  if (file < 0) return errno;
  int error = write_all(file, bytes);
  if (error == 0 && ::fsync(file) != 0) error = errno;
  if (::close(file) != 0 && error == 0) error = errno;
  return error;
}

}  // namespace

void replace_file(const std::string& path, std::string_view bytes, mode_t mode) {
  const std::string draft = path + ".new";
  if (const int error = write_and_sync(draft, bytes, mode); error != 0) {
    ::unlink(draft.c_str());
    fail(fmt::format("write {}", printable(draft)), error);
  }
  if (const int error = rename_file(draft, path, true); error != 0) {
    ::unlink(draft.c_str());
    fail(fmt::format("replace {}", printable(path)), error);
  }
}

}  // namespace wireproof
