#pragma once
// What a fetched file is called where nobody says it: a name that stays in its folder and harms no terminal. Pure.

#include <optional>
#include <string>
#include <string_view>

#include "url/http_url.hpp"

namespace wireproof::http_client {

/// Bytes of a name; file systems take 255, and what is kept beside the file has a longer one.
constexpr std::size_t kLongestFileName = 200;

/// Any text as the name of a file in one folder: of a path the last part, of what does not show itself on a terminal
/// and of backslashes %XX, no dot first, not too long. Empty when nothing is left.
std::string safe_file_name(std::string_view text);

/// By the last part of the URL's path; "index.html" where that is empty.
std::string file_name_of(const url::HttpUrl& url);

/// By Content-Disposition (RFC 6266), filename* before filename; nothing where it names none.
std::optional<std::string> file_name_of_disposition(std::string_view value);

}  // namespace wireproof::http_client
