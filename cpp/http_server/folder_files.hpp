#pragma once
// The files below a folder, and nothing else of the file system.

#include <string>

#include "http_server/file.hpp"
#include "loop/file_descriptor.hpp"

namespace wireproof::http_server {

/// Regular files and folders alone: devices, pipes and sockets are not there, and not even opened.
class FolderFiles : public Files {
 public:
  /// `follows`: symbolic links are followed, wherever they lead: whoever owns the folder has put them there. Otherwise
  /// they are not there. Throws Failure when `root` is not a folder that can be read.
  FolderFiles(const std::string& root, bool follows);

  Found open(const std::vector<std::string>& names) override;
  std::optional<std::vector<Entry>> list(const std::vector<std::string>& names) override;

  /// For tests: as on a kernel without openat2(2), which is older than 5.6.
  void do_without_openat2() { has_openat2_ = false; }

 private:
  /// -1 with errno.
  int open_below(const std::vector<std::string>& names, int flags);
  int open_step_by_step(const std::vector<std::string>& names, int flags) const;

  FileDescriptor root_;
  bool follows_;
  bool has_openat2_ = true;
};

}  // namespace wireproof::http_server
