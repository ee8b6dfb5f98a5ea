#pragma once
// The folder of a store: whose it is, and the files in it.
//
//   FOLDER/wireproof-http-cache   its version, a line; locked by the program that has the folder
//   FOLDER/entries/<16 digits>       a stored response; the digits, hexadecimal, are its id
//   FOLDER/entries/<16 digits>.new   one that is being written

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/date.hpp"
#include "loop/file_descriptor.hpp"

namespace wireproof::http_cache {

class StoreFolder {
 public:
  /// Makes it if it is not there. Throws Failure: see Store.
  explicit StoreFolder(std::string path);

  const std::string& path() const { return path_; }
  /// Files can be made in it, as far as its permissions say.
  bool is_writable() const { return is_writable_; }

  /// Ids of the files that have their names, and of those that are unfinished. Files of other names are nobody's here.
  struct Listing {
    std::vector<std::uint64_t> entries{};
    std::vector<std::uint64_t> unfinished{};
  };
  Listing list() const;

  /// A regular file of the store, open; else not open, with errno (ENOENT for what is no regular file).
  FileDescriptor open(std::uint64_t id, int flags) const;
  /// A new unfinished file; else not open, with errno.
  FileDescriptor create(std::uint64_t id) const;
  /// Gives an unfinished file its name. 0 or an errno value.
  int finish(std::uint64_t id) const;
  /// Sets its time of change. Where that fails nothing is lost but an order.
  void touch(std::uint64_t id, http::Seconds time) const;
  /// 0 or an errno value; a file that is not there is removed already.
  int remove(std::uint64_t id) const;
  int remove_unfinished(std::uint64_t id) const;

  /// "/c/entries/0123456789abcdef": for people.
  std::string path_of(std::uint64_t id) const;

 private:
  void take_lock();
  void check_version();

  std::string path_;
  FileDescriptor lock_;
  FileDescriptor entries_;
  bool is_writable_ = true;
};

}  // namespace wireproof::http_cache
