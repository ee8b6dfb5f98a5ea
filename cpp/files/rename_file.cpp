#include "files/rename_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

namespace wireproof {
namespace {

/// The name is in the folder, which has to be brought to the disk too; not every file system lets that be asked for.
void sync_folder_of(const std::string& path) {
  const auto folder = std::filesystem::path(path).parent_path();
  const int descriptor = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::close(descriptor);
}

int rename_without_replacing(const std::string& from, const std::string& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL) return errno;
  // A file system that does not know how: a second name, where there is none.
  if (::link(from.c_str(), to.c_str()) != 0) return errno;
  return ::unlink(from.c_str()) == 0 ? 0 : errno;
}

}  // namespace

int rename_file(const std::string& from, const std::string& to, bool replaces) {
  const int error = !replaces                                    ? rename_without_replacing(from, to)
                    : std::rename(from.c_str(), to.c_str()) == 0 ? 0
                                                                 : errno;
  if (error == 0) sync_folder_of(to);
  return error;
}

}  // namespace wireproof
