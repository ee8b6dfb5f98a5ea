#pragma once
// Which content coding a body has (RFC 9110, 8.4). Pure.

#include <string_view>

#include "http/fields.hpp"

namespace wireproof::http_client {

enum class Coding {
  none,
  gzip,     ///< to be taken off
  unknown,  ///< another, or several
};

/// Of a file of this name. What is a gzip file by name and by media type stays one: some servers call that a coding.
Coding coding_of(const http::Fields& fields, std::string_view file_name);

}  // namespace wireproof::http_client
