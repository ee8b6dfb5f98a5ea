#pragma once
// What /proc tells of the processes of the sandbox.

#include <dirent.h>
#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace wireproof::sandbox {

struct ProcessFigures {
  unsigned long flags = 0;    ///< the kernel's
  std::uint64_t threads = 0;  ///< 1 for a zombie, which counts as a process too
  std::uint64_t resident_pages = 0;
};

/// The text of /proc/PID/stat; nothing when it is not understood.
std::optional<ProcessFigures> parse_stat(std::string_view text);

/// "Pss" of /proc/PID/smaps_rollup in bytes: pages shared by n processes count 1/n.
std::optional<std::uint64_t> parse_proportional_size(std::string_view text);

/// Whether this process has made a successful exec() since it was forked; zombies can be asked about.
bool has_executed(pid_t process);

struct Sample {
  std::uint64_t processes = 0;       ///< and threads, without process 1
  std::uint64_t resident_bytes = 0;  ///< shared pages count once in each process
};

/// All processes but process 1, and what they use.
class ProcessTable {
 public:
  /// Throws Failure when there is no /proc.
  ProcessTable();

  /// Processes without their threads: quick, also among many that keep the processors busy.
  std::uint64_t count();
  Sample sample();
  /// As Sample::resident_bytes, but shared pages count once altogether: exact, and dear. Bytes.
  std::uint64_t resident_bytes_shared_once();

 private:
  struct Close {
    void operator()(DIR* folder) const { ::closedir(folder); }
  };

  // Calls what(name of the process's folder) for each process but process 1.
  template <typename What>
  void for_each(What what);
  std::uint64_t resident_bytes(const char* process);
  std::string_view contents(const char* process, std::string_view file);

  std::unique_ptr<DIR, Close> folder_;
  std::string buffer_;
};

}  // namespace wireproof::sandbox
