#pragma once
// The pages that a server shows by itself. Pure.

#include <string>
#include <string_view>
#include <vector>

#include "http_server/file.hpp"

namespace wireproof::http_server {

/// A page of this look. `title` is text, `body` HTML.
std::string page(std::string_view title, std::string_view body);

class Pages {
 public:
  /// Of 404: HTML, where "{{target}}" stands for what was asked for. Empty: ours.
  explicit Pages(std::string not_found = {});

  std::string not_found(std::string_view target) const;
  /// Of other statuses. `words`: a sentence without its point.
  std::string error(unsigned status, std::string_view words) const;
  /// `path`: "/a%20b/", as it is in targets. `entries` in any order; those whose names begin with a dot are left out.
  std::string folder(std::string_view path, std::vector<Entry> entries) const;

 private:
  std::string not_found_;
};

}  // namespace wireproof::http_server
