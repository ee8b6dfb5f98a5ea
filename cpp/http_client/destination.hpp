#pragma once
// Where a body goes: a file that has its name when it is whole, or what is open already.

#include <optional>
#include <string>
#include <string_view>

#include "files/part_file.hpp"
#include "http_client/resume.hpp"

namespace wireproof::http_client {

class Destination {
 public:
  struct Options {
    std::string path;        ///< "-": standard output
    bool replaces = false;   ///< a file of that name
    bool continues = false;  ///< what an earlier program left
  };

  /// Devices and pipes are written as they are. Throws FetchError exists and file.
  explicit Destination(Options options);

  /// How the transfer of this URL goes on.
  Resume resume(const std::string& url) const;

  /// Bytes that are there.
  std::uint64_t size() const { return part_ ? part_->size() : streamed_; }
  /// Throws away what is there. `facts`: what makes it possible to go on later, if anything. Throws FetchError
  /// truncated where what was written cannot be taken back.
  void begin_anew(const std::optional<PartFacts>& facts);
  void write(std::string_view bytes);
  /// All of it is there. Throws FetchError.
  void finish();
  /// It is not; what can be gone on with stays, if it `may`. Words for people about that, or nothing.
  std::string leave(bool may);

  /// For people; "-" is standard output.
  const std::string& path() const { return options_.path; }

 private:
  Options options_;
  std::optional<PartFile> part_;
  FileDescriptor opened_;
  int descriptor_ = -1;  ///< where there is no part_
  std::uint64_t streamed_ = 0;
  std::optional<PartFacts> facts_;
};

}  // namespace wireproof::http_client
