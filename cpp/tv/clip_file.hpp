#pragma once
// A file on disk that is sent or examined.

#include <cstdint>
#include <span>
#include <string>

#include "loop/file_descriptor.hpp"
#include "mpegts/profile.hpp"

namespace wireproof::tv {

/// A file opened for reading at any place. Throws Failure when it is no regular file, is empty or cannot be opened.
class ClipFile {
 public:
  explicit ClipFile(std::string path);

  std::uint64_t size() const { return size_; }
  const std::string& path() const { return path_; }
  /// Fills `into` from `offset` on; throws Failure when the file has become shorter.
  void read(std::uint64_t offset, std::span<std::uint8_t> into) const;
  /// Reads it all. Throws mpegts::NotTransportStream.
  mpegts::Profile profile() const;

 private:
  std::string path_;
  FileDescriptor file_;
  std::uint64_t size_ = 0;
};

}  // namespace wireproof::tv
