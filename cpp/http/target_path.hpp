#pragma once
// The path in a request's target as names of files (RFC 3986, 3.3 and 5.2.4). Pure.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"

namespace wireproof::http {

struct TargetPath {
  std::vector<std::string>
      names{};             ///< decoded; none is empty, ".", ".." or has a slash, backslash or control character
  bool is_folder = false;  ///< it ends with a slash
  std::string query{};     ///< as it was sent, with its question mark

  friend bool operator==(const TargetPath&, const TargetPath&) = default;
};

/// Of "/a/b?c" or "http://h/a/b?c". Percent-encoding is undone once; then "." and ".." are resolved, and what would
/// leave the root is refused (400), as is what no file can be called, or would be two names. Slashes behind each other
/// are one.
Outcome<TargetPath> parse_target_path(std::string_view target);

/// "%41" to "A", once; nothing for what is malformed. In a path, "+" is a plus.
std::optional<std::string> percent_decoded(std::string_view text);
/// All but letters, digits and "-._~" encoded: a name as it stands in a path.
std::string percent_encoded(std::string_view name);
/// "/a%20b/c/": what parse_target_path() takes apart again, without the query.
std::string text_of(const TargetPath& path);

/// Text of a document or an attribute in double quotes. Control characters become U+FFFD, but tabs and line ends.
std::string html_escaped(std::string_view text);

}  // namespace wireproof::http
