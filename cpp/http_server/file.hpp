#pragma once
// What the server is told of files. Pure: it is not known here how they are found.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace wireproof::http_server {

enum class Kind { file, folder };

/// One that is open, as it was then.
struct File {
  Kind kind = Kind::file;
  std::uint64_t size = 0;
  std::chrono::nanoseconds modified{0};  ///< since 1970
  int descriptor = -1;                   ///< of a file; whoever opened it closes it with the last pointer
};
using FilePointer = std::shared_ptr<const File>;

struct Entry {
  std::string name;
  Kind kind = Kind::file;
  std::uint64_t size = 0;
  std::chrono::nanoseconds modified{0};
};

/// Nothing of these is thrown for what a client asked for: it is a status.
enum class Missing {
  not_there,  ///< or what it is may not be told: a link, a device, a pipe
  forbidden,  ///< the system does not let this program read it
  shortage,   ///< of descriptors or memory
};

class Files {
 public:
  virtual ~Files() = default;

  struct Found {
    FilePointer file;  ///< null: `missing` tells why
    Missing missing = Missing::not_there;
  };

  /// Of names below the root, each of a folder but the last; none is the root.
  virtual Found open(const std::vector<std::string>& names) = 0;
  /// What is in a folder that was found, in no order; nothing when it may not be read.
  virtual std::optional<std::vector<Entry>> list(const std::vector<std::string>& names) = 0;
};

}  // namespace wireproof::http_server
