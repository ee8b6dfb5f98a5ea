#include "files/replace_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "base/writing.hpp"
#include "command_line/program.hpp"

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

/// The name is in the folder, which has to be brought to the disk too; not every file system lets that be asked for.
void sync_folder_of(const std::string& path) {
  const auto folder = std::filesystem::path(path).parent_path();
  const int descriptor = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::close(descriptor);
}

}  // namespace

void replace_file(const std::string& path, std::string_view bytes, mode_t mode) {
  const std::string draft = path + ".new";
  if (const int error = write_and_sync(draft, bytes, mode); error != 0) {
    ::unlink(draft.c_str());
    fail(fmt::format("write {}", printable(draft)), error);
  }
  if (std::rename(draft.c_str(), path.c_str()) != 0) {
    const int error = errno;
    ::unlink(draft.c_str());
    fail(fmt::format("replace {}", printable(path)), error);
  }
  sync_folder_of(path);
}

}  // namespace wireproof
