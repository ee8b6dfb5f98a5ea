#pragma once
// Pages of one look, on a phone and in a dark room too. Pure.

#include <string>
#include <string_view>

namespace wireproof::http_serving {

/// `text` with each `mark` replaced; what stands in `by` is left alone.
std::string replaced(std::string_view text, std::string_view mark, std::string_view by);

/// `title` is text, `body` HTML.
std::string page(std::string_view title, std::string_view body);

/// For a status of 3xx to 5xx. `words`: a sentence without its point; empty: the title alone.
std::string error_page(unsigned status, std::string_view words);

}  // namespace wireproof::http_serving
