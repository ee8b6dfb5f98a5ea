#include "files/part_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/writing.hpp"
#include "command_line/program.hpp"
#include "files/rename_file.hpp"
#include "files/replace_file.hpp"

namespace wireproof {
namespace {

constexpr std::size_t kMostKnown = 64 * 1024;
constexpr mode_t kMode = 0666;

std::optional<std::string> contents(const std::string& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file.is_open()) return std::nullopt;
  std::string text(kMostKnown + 1, '\0');
  const ssize_t length = ::read(file.get(), text.data(), text.size());
  if (length < 0 || static_cast<std::size_t>(length) > kMostKnown) return std::nullopt;
  text.resize(static_cast<std::size_t>(length));
  return text;
}

}  // namespace

PartFile::PartFile(const std::string& path, bool continues) : path_(path) {
  const std::string tried = fmt::format("write {}", printable(part_path()));
  struct stat facts {};
  for (struct stat named{}; !file_.is_open() || named.st_ino != facts.st_ino || named.st_dev != facts.st_dev;) {
    // Whoever can write into the folder could have laid a link there.
    const int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
    file_ = FileDescriptor(::open(part_path().c_str(), flags, kMode));
    if (!file_.is_open() || ::fstat(file_.get(), &facts) != 0) fail(tried, errno);
    if (!S_ISREG(facts.st_mode)) throw Failure(tried + ": it is there, and no regular file");
    if (::flock(file_.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno == EWOULDBLOCK) throw Failure(tried + ": another program is writing it");
      fail(tried, errno);
    }
    // Before it was locked, its last writer may have finished it: it is another file's then.
    if (::lstat(part_path().c_str(), &named) != 0) named = {};
  }
  size_ = static_cast<std::uint64_t>(facts.st_size);
  if (continues) known_ = contents(facts_path());
  if (!known_) begin_anew(std::nullopt);
}

void PartFile::begin_anew(const std::optional<std::string>& known) {
  // In this order, so that no crash leaves bytes of which something else is known.
  if (::unlink(facts_path().c_str()) != 0 && errno != ENOENT) {
    fail(fmt::format("remove {}", printable(facts_path())), errno);
  }
  if (::ftruncate(file_.get(), 0) != 0) fail(fmt::format("write {}", printable(part_path())), errno);
  size_ = 0;
  known_ = known;
  if (known_) replace_file(facts_path(), *known_, kMode);
}

void PartFile::write(std::string_view bytes) {
  if (const int error = write_all(file_.get(), bytes); error != 0) {
    fail(fmt::format("write {}", printable(part_path())), error);
  }
  size_ += bytes.size();
}

bool PartFile::finish(const std::string& path, bool replaces) {
  if (::fsync(file_.get()) != 0) fail(fmt::format("write {}", printable(part_path())), errno);
  const int error = rename_file(part_path(), path, replaces);
  if (error == EEXIST) return false;
  if (error != 0) fail(fmt::format("rename {} to {}", printable(part_path()), printable(path)), error);
  ::unlink(facts_path().c_str());
  return true;
}

void PartFile::leave() {
  if (!known_ || size_ == 0) return remove();
  ::fsync(file_.get());
}

void PartFile::remove() {
  ::unlink(facts_path().c_str());
  ::unlink(part_path().c_str());
}

}  // namespace wireproof
