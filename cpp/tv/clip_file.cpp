#include "tv/clip_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "command_line/program.hpp"

namespace wireproof::tv {

ClipFile::ClipFile(std::string path) : path_(std::move(path)), file_(::open(path_.c_str(), O_RDONLY | O_CLOEXEC)) {
  const std::string tried = fmt::format("read {}", printable(path_));
  if (!file_.is_open()) fail(tried, errno);
  struct stat status {};
  if (::fstat(file_.get(), &status) != 0) fail(tried, errno);
  if (S_ISDIR(status.st_mode)) fail(tried, EISDIR);
  if (!S_ISREG(status.st_mode)) throw Failure(tried + ": not a regular file");
  if (status.st_size == 0) throw Failure(tried + ": the file is empty");
  size_ = static_cast<std::uint64_t>(status.st_size);
}

void ClipFile::read(std::uint64_t offset, std::span<std::uint8_t> into) const {
  while (!into.empty()) {
    const ssize_t got = ::pread(file_.get(), into.data(), into.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(fmt::format("read {}", printable(path_)), errno);
    if (got == 0) throw Failure(fmt::format("read {}: the file has become shorter", printable(path_)));
    offset += static_cast<std::uint64_t>(got);
    into = into.subspan(static_cast<std::size_t>(got));
  }
}

mpegts::Profile ClipFile::profile() const {
  mpegts::Profiler profiler;
  std::vector<std::uint8_t> buffer(1 << 20);
  for (std::uint64_t offset = 0; offset < size_;) {
    const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), size_ - offset));
    const std::span<std::uint8_t> part(buffer.data(), length);
    read(offset, part);
    profiler.add(part);
    offset += length;
  }
  return profiler.finish();
}

}  // namespace wireproof::tv
