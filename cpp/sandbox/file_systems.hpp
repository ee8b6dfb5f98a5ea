#pragma once
// What this process changes in the file systems that bubblewrap has mounted, before the program runs.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wireproof::sandbox {

/// One line of /proc/self/mountinfo, as far as it matters here.
struct Mount {
  std::string root;   ///< the folder of the file system that is shown
  std::string point;  ///< where
  std::string type;

  friend bool operator==(const Mount&, const Mount&) = default;
};

/// Nothing when the line is not understood.
std::optional<Mount> parse_mount(std::string_view line);

/// Makes /proc read-only: files under /proc/1 and others belong to the program's user where a cell has one id only.
/// Throws Failure.
void protect_proc();

/// Each tmpfs that the program can write to, and that is shown whole, holds at most `count` files and folders from now
/// on: its size bounds what is in them, but not the kernel's memory for them. Throws Failure.
void limit_files(std::uint64_t count);

}  // namespace wireproof::sandbox
