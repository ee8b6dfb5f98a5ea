#include "http_cache/store_folder.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <memory>
#include <utility>

#include "bytes/decimal.hpp"
#include "http_cache/entry_file.hpp"
#include "text/failure.hpp"
#include "text/utf8.hpp"

namespace wireproof::http_cache {
namespace {

constexpr const char* kMarker = "wireproof-http-cache";
constexpr std::string_view kUnfinished = ".new";
constexpr std::size_t kDigits = 16;

std::string name_of(std::uint64_t id) { return fmt::format("{:016x}", id); }
std::string unfinished_name_of(std::uint64_t id) { return name_of(id) + std::string(kUnfinished); }

std::optional<std::uint64_t> parse_name(std::string_view name) {
  std::uint64_t id = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), id, 16);
  const bool is_all = error == std::errc() && end == name.data() + name.size();
  return is_all && name == name_of(id) && id != 0 ? std::optional(id) : std::nullopt;
}

/// Calls `take` with each name in the folder, but "." and "..". False with errno.
template <typename Take>
bool each_name(int folder, Take take) {
  const int descriptor = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(descriptor), ::closedir);
  if (!stream) {
    ::close(descriptor);
    return false;
  }
  while (const dirent* entry = ::readdir(stream.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") take(name);
  }
  return true;
}

}  // namespace

StoreFolder::StoreFolder(std::string path) : path_(std::move(path)) {
  const std::string tried = fmt::format("take the cache folder {}", printable(path_));
  if (::mkdir(path_.c_str(), 0777) != 0 && errno != EEXIST) fail(tried, errno);
  take_lock();
  check_version();
  const std::string entries = path_ + "/entries";
  if (is_writable_ && ::mkdir(entries.c_str(), 0777) != 0 && errno != EEXIST) fail(tried, errno);
  entries_ = FileDescriptor(::open(entries.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
  if (!entries_.is_open()) fail(tried, errno);
  is_writable_ = is_writable_ && ::faccessat(entries_.get(), ".", W_OK, 0) == 0;
}

void StoreFolder::take_lock() {
  const std::string tried = fmt::format("take the cache folder {}", printable(path_));
  const FileDescriptor folder(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.is_open()) fail(tried, errno);
  constexpr int kFlags = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
  lock_ = FileDescriptor(::openat(folder.get(), kMarker, O_RDWR | kFlags));
  if (!lock_.is_open() && errno == ENOENT) {
    // Nobody's files are mixed with ours.
    std::string other;
    if (!each_name(folder.get(), [&](std::string_view name) { other = name == "lost+found" ? other : name; })) {
      fail(tried, errno);
    }
    if (!other.empty()) {
      throw Failure(fmt::format("{}: it is no cache, and not empty ({} is in it)", tried, printable(other)));
    }
    lock_ = FileDescriptor(::openat(folder.get(), kMarker, O_RDWR | O_CREAT | kFlags, 0666));
  } else if (!lock_.is_open() && (errno == EACCES || errno == EROFS || errno == EPERM)) {
    is_writable_ = false;
    lock_ = FileDescriptor(::openat(folder.get(), kMarker, O_RDONLY | kFlags));
  }
  if (!lock_.is_open()) fail(tried, errno);
  if (::flock(lock_.get(), LOCK_EX | LOCK_NB) == 0) return;
  if (errno == EWOULDBLOCK) throw Failure(tried + ": another program has it");
  fail(tried, errno);
}

void StoreFolder::check_version() {
  const std::string tried = fmt::format("take the cache folder {}", printable(path_));
  const std::string ours = fmt::format("{}\n", kEntryVersion);
  char text[32];
  const ssize_t length = ::pread(lock_.get(), text, sizeof text, 0);
  if (length < 0) fail(tried, errno);
  const std::string_view found(text, static_cast<std::size_t>(length));
  if (found == ours) return;
  if (found.empty() && is_writable_) {  // new, or killed when it was
    if (::pwrite(lock_.get(), ours.data(), ours.size(), 0) != static_cast<ssize_t>(ours.size())) fail(tried, errno);
    return;
  }
  const std::string_view version = found.substr(0, found.find('\n'));
  if (!found.ends_with('\n') || !parse_decimal(version)) {
    throw Failure(
        fmt::format("{}: its file {}, which tells the version of the store, is damaged; give another "
                    "folder, or remove this one",
                    tried, kMarker));
  }
  throw Failure(
      fmt::format("{}: it is of version {} of the store, and this program knows {}; give another folder, or remove it",
                  tried, version, kEntryVersion));
}

StoreFolder::Listing StoreFolder::list() const {
  Listing listing;
  const bool is_read = each_name(entries_.get(), [&](std::string_view name) {
    if (const auto id = parse_name(name)) listing.entries.push_back(*id);
    if (!name.ends_with(kUnfinished)) return;
    if (const auto id = parse_name(name.substr(0, kDigits)); id && name.size() == kDigits + kUnfinished.size()) {
      listing.unfinished.push_back(*id);
    }
  });
  if (!is_read) fail(fmt::format("read the cache folder {}", printable(path_)), errno);
  return listing;
}

FileDescriptor StoreFolder::open(std::uint64_t id, int flags) const {
  FileDescriptor file(::openat(entries_.get(), name_of(id).c_str(), flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file.is_open()) {
    if (errno == ELOOP || errno == ENXIO || errno == EISDIR) errno = ENOENT;
    return file;
  }
  struct stat facts {};
  if (::fstat(file.get(), &facts) == 0 && S_ISREG(facts.st_mode)) return file;
  errno = ENOENT;
  return FileDescriptor();
}

FileDescriptor StoreFolder::create(std::uint64_t id) const {
  return FileDescriptor(
      ::openat(entries_.get(), unfinished_name_of(id).c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
}

int StoreFolder::finish(std::uint64_t id) const {
  const int result = ::renameat(entries_.get(), unfinished_name_of(id).c_str(), entries_.get(), name_of(id).c_str());
  return result == 0 ? 0 : errno;
}

void StoreFolder::touch(std::uint64_t id, http::Seconds time) const {
  const timespec stamp{static_cast<time_t>(time.count()), 0};
  const timespec times[2]{stamp, stamp};
  ::utimensat(entries_.get(), name_of(id).c_str(), times, AT_SYMLINK_NOFOLLOW);
}

int StoreFolder::remove(std::uint64_t id) const {
  return ::unlinkat(entries_.get(), name_of(id).c_str(), 0) == 0 || errno == ENOENT ? 0 : errno;
}

int StoreFolder::remove_unfinished(std::uint64_t id) const {
  return ::unlinkat(entries_.get(), unfinished_name_of(id).c_str(), 0) == 0 || errno == ENOENT ? 0 : errno;
}

std::string StoreFolder::path_of(std::uint64_t id) const {
  return fmt::format("{}/entries/{}", printable(path_), name_of(id));
}

}  // namespace wireproof::http_cache
