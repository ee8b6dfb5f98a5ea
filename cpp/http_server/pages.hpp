#pragma once
// The pages that a server of files has beyond those for errors. Pure.

#include <string>
#include <string_view>
#include <vector>

#include "http_server/file.hpp"

namespace wireproof::http_server {

class Pages {
 public:
  /// Of 404: HTML, where "{{target}}" stands for what was asked for. Empty: ours.
  explicit Pages(std::string not_found = {});

  std::string not_found(std::string_view target) const;
  /// `path`: "/a%20b/", as it is in targets. `entries` in any order; those whose names begin with a dot are left out.
  std::string folder(std::string_view path, std::vector<Entry> entries) const;

 private:
  std::string not_found_;
};

}  // namespace wireproof::http_server
