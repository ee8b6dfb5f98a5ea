#include "http_server/folder_files.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "text/failure.hpp"

namespace wireproof::http_server {
namespace {

/// More of a folder is not listed: a page has its bounds.
constexpr std::size_t kMostEntries = 10'000;

std::string joined(const std::vector<std::string>& names) {
  std::string path;
  for (const std::string& name : names) path.append(path.empty() ? "" : "/").append(name);
  return path.empty() ? "." : path;
}

std::optional<Kind> kind_of(const struct stat& status) {
  if (S_ISREG(status.st_mode)) return Kind::file;
  if (S_ISDIR(status.st_mode)) return Kind::folder;
  return std::nullopt;
}

std::chrono::nanoseconds modified_of(const struct stat& status) {
  return std::chrono::seconds(status.st_mtim.tv_sec) + std::chrono::nanoseconds(status.st_mtim.tv_nsec);
}

Missing missing_by(int error) {
  if (error == EACCES || error == EPERM) return Missing::forbidden;
  if (error == EMFILE || error == ENFILE || error == ENOMEM) return Missing::shortage;
  return Missing::not_there;
}

/// A File that closes what it has open.
struct OpenFile : File {
  explicit OpenFile(int opened) : owner(opened) { descriptor = opened; }
  FileDescriptor owner;
};

}  // namespace

FolderFiles::FolderFiles(const std::string& root, bool follows)
    : root_(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)), follows_(follows) {
  if (!root_.is_open()) fail("serve " + root, errno);
}

int FolderFiles::open_below(const std::vector<std::string>& names, int flags) {
  if (has_openat2_) {
    open_how how{};
    how.flags = static_cast<std::uint64_t>(flags);
    how.resolve = follows_ ? RESOLVE_NO_MAGICLINKS : RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
    const long opened = ::syscall(SYS_openat2, root_.get(), joined(names).c_str(), &how, sizeof how);
    if (opened >= 0 || (errno != ENOSYS && errno != EPERM)) return static_cast<int>(opened);
    // Another kernel, or a sandbox that does not know the call.
    has_openat2_ = errno != ENOSYS;
  }
  return open_step_by_step(names, flags);
}

int FolderFiles::open_step_by_step(const std::vector<std::string>& names, int flags) const {
  if (follows_) return ::openat(root_.get(), joined(names).c_str(), flags);
  FileDescriptor folder;
  for (std::size_t i = 0; i + 1 < names.size(); ++i) {
    const int from = i == 0 ? root_.get() : folder.get();
    FileDescriptor next(::openat(from, names[i].c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!next.is_open()) return -1;
    folder = std::move(next);
  }
  const int from = names.size() < 2 ? root_.get() : folder.get();
  return ::openat(from, names.empty() ? "." : names.back().c_str(), flags | O_NOFOLLOW);
}

Files::Found FolderFiles::open(const std::vector<std::string>& names) {
  // To open a pipe is felt at its other end, and some devices act when they are opened; this only looks. What it sees
  // may be behind a link, or another thing a moment later: what counts is below.
  struct stat status {};
  if (::fstatat(root_.get(), joined(names).c_str(), &status, 0) != 0) return {nullptr, missing_by(errno)};
  if (!kind_of(status)) return {nullptr, Missing::not_there};
  const int opened = open_below(names, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (opened < 0) return {nullptr, missing_by(errno)};
  auto file = std::make_shared<OpenFile>(opened);
  if (::fstat(opened, &status) != 0) return {nullptr, missing_by(errno)};
  const std::optional<Kind> kind = kind_of(status);
  if (!kind) return {nullptr, Missing::not_there};
  file->kind = *kind;
  file->size = static_cast<std::uint64_t>(status.st_size);
  file->modified = modified_of(status);
  return {std::move(file)};
}

std::optional<std::vector<Entry>> FolderFiles::list(const std::vector<std::string>& names) {
  const int opened = open_below(names, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* const folder = opened >= 0 ? ::fdopendir(opened) : nullptr;
  if (folder == nullptr) {
    if (opened >= 0) ::close(opened);
    return std::nullopt;
  }
  std::vector<Entry> entries;
  while (const dirent* found = ::readdir(folder)) {
    Entry entry{.name = found->d_name};
    struct stat status {};
    if (entry.name == "." || entry.name == "..") continue;
    if (::fstatat(opened, found->d_name, &status, follows_ ? 0 : AT_SYMLINK_NOFOLLOW) != 0) continue;
    const auto kind = kind_of(status);
    if (!kind) continue;
    entry.kind = *kind;
    entry.size = static_cast<std::uint64_t>(status.st_size);
    entry.modified = modified_of(status);
    entries.push_back(std::move(entry));
    if (entries.size() == kMostEntries) break;
  }
  ::closedir(folder);
  return entries;
}

}  // namespace wireproof::http_server
