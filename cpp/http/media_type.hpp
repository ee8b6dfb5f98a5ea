#pragma once
// What kind of content a file has, by its name. Pure.

#include <string_view>

namespace wireproof::http {

/// Of Content-Type: "text/html; charset=utf-8" for "a.HTML"; "application/octet-stream" for what is not in the table.
std::string_view media_type(std::string_view file_name);

}  // namespace wireproof::http
