#pragma once
// Files of JSON lines.

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

namespace wireproof::wire {

/// Lines are kept until flush(), so that a file that others read ends with a whole line.
class LineFile {
 public:
  /// Begins the file anew. Throws Failure.
  explicit LineFile(const std::string& path);

  void add(std::string_view line);
  /// Throws Failure.
  void flush();
  /// To be called at the end: some file systems tell only then that there is no room. Throws Failure.
  void close();

 private:
  std::string path_;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
  std::string waiting_;
};

}  // namespace wireproof::wire
