#include "http_serving/page.hpp"

#include <fmt/format.h>

#include "http/message.hpp"
#include "http/target_path.hpp"
#include "http_serving/embedded.hpp"
#include "text/utf8.hpp"

namespace wireproof::http_serving {

std::string replaced(std::string_view text, std::string_view mark, std::string_view by) {
  std::string result;
  for (std::size_t found; (found = text.find(mark)) != std::string_view::npos;) {
    result.append(text.substr(0, found)).append(by);
    text.remove_prefix(found + mark.size());
  }
  return result.append(text);
}

std::string page(std::string_view title, std::string_view body) {
  // The body last: what is in it is replaced by nothing.
  return replaced(replaced(kPage, "{{title}}", http::html_escaped(title)), "{{body}}", body);
}

std::string error_page(unsigned status, std::string_view words) {
  const std::string title = fmt::format("{} {}", status, http::reason_of(status));
  return page(title, words.empty() ? "" : fmt::format("<p>{}.</p>", http::html_escaped(escaped(words))));
}

}  // namespace wireproof::http_serving
