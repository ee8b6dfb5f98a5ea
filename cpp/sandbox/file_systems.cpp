#include "sandbox/file_systems.hpp"

#include <linux/magic.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>

#include <cerrno>
#include <fstream>
#include <sstream>

#include "command_line/program.hpp"

namespace wireproof::sandbox {
namespace {

// The kernel writes spaces, tabs, newlines and backslashes as \ooo.
std::string unescaped(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    if (text.front() == '\\' && text.size() >= 4) {
      plain += static_cast<char>((text[1] - '0') * 64 + (text[2] - '0') * 8 + (text[3] - '0'));
      text.remove_prefix(4);
    } else {
      plain += text.front();
      text.remove_prefix(1);
    }
  }
  return plain;
}

unsigned long flags_of(const std::string& point) {
  struct statvfs facts {};
  if (::statvfs(point.c_str(), &facts) != 0) fail(fmt::format("look at the file system on {}", point), errno);
  return facts.f_flag & (MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC);  // ST_… have the same values
}

// What is mounted there may be covered by something else.
bool shows_tmpfs(const std::string& point) {
  struct statfs facts {};
  return ::statfs(point.c_str(), &facts) == 0 && facts.f_type == TMPFS_MAGIC;
}

}  // namespace

std::optional<Mount> parse_mount(std::string_view line) {
  std::istringstream words{std::string(line)};
  std::string skipped;
  std::string root;
  std::string point;
  words >> skipped >> skipped >> skipped >> root >> point;
  // Optional fields follow, until a hyphen.
  while (words >> skipped && skipped != "-") {
  }
  std::string type;
  if (!(words >> type)) return std::nullopt;
  return Mount{unescaped(root), unescaped(point), type};
}

void protect_proc() {
  const unsigned long flags = MS_REMOUNT | MS_BIND | MS_RDONLY | flags_of("/proc");
  if (::mount(nullptr, "/proc", nullptr, flags, nullptr) != 0) fail("make /proc read-only for the program", errno);
}

void limit_files(std::uint64_t count) {
  const std::string option = fmt::format("nr_inodes={}", count);
  std::ifstream mounts("/proc/self/mountinfo");
  for (std::string line; std::getline(mounts, line);) {
    const auto mount = parse_mount(line);
    if (!mount || mount->type != "tmpfs" || mount->root != "/" || !shows_tmpfs(mount->point)) continue;
    const unsigned long flags = flags_of(mount->point);
    if ((flags & MS_RDONLY) != 0) continue;
    if (::mount(nullptr, mount->point.c_str(), nullptr, MS_REMOUNT | flags, option.c_str()) != 0) {
      fail(fmt::format("limit the files on {} to {}", mount->point, count), errno);
    }
  }
}

}  // namespace wireproof::sandbox
