#pragma once
// A file that is written piece by piece and has its name only when it is whole.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "loop/file_descriptor.hpp"

namespace wireproof {

/// The bytes go into PATH.part; what is known of them, as a text of the caller's, into PATH.part.from. Both are there
/// after a crash, and a later program can go on with them. All of it throws Failure "write PATH.part: …", or what was
/// tried otherwise.
class PartFile {
 public:
  /// `continues`: what was left there stays, if it is a regular file. The file is locked: a second program that writes
  /// it fails.
  PartFile(const std::string& path, bool continues);

  /// Bytes that are there.
  std::uint64_t size() const { return size_; }
  /// What was known of them; nothing when nothing is, or it is more than 64 KiB.
  const std::optional<std::string>& known() const { return known_; }

  /// Throws all of them away; from now on this is known of those that follow.
  void begin_anew(const std::optional<std::string>& known);
  void write(std::string_view bytes);
  /// Brings them to the disk, and gives them their name. Unless `replaces`, false when there is a file of that name.
  bool finish(const std::string& path, bool replaces);
  /// Leaves them for a later program, if something is known of them; else removes them.
  void leave();
  /// Removes them.
  void remove();

  std::string part_path() const { return path_ + ".part"; }

 private:
  std::string facts_path() const { return path_ + ".part.from"; }

  std::string path_;
  FileDescriptor file_;
  std::uint64_t size_ = 0;
  std::optional<std::string> known_;
};

}  // namespace wireproof
