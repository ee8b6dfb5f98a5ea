#include "http_server/pages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "http/date.hpp"
#include "http/target_path.hpp"
#include "http_server/embedded.hpp"
#include "http_serving/page.hpp"
#include "text/utf8.hpp"

namespace wireproof::http_server {
namespace {

/// For people: "1.2 MiB".
std::string size_text(std::uint64_t bytes) {
  if (bytes < 1024) return fmt::format("{} B", bytes);
  auto size = static_cast<double>(bytes);
  std::string_view unit;
  for (const std::string_view next : {"KiB", "MiB", "GiB", "TiB"}) {
    unit = next;
    size /= 1024;
    if (size < 1024) break;
  }
  return fmt::format("{:.1f} {}", size, unit);
}

std::string row(const Entry& entry) {
  const std::string_view slash = entry.kind == Kind::folder ? "/" : "";
  // A file's name may be any bytes; an HTML document is UTF-8.
  return fmt::format("<tr><td><a href=\"{}{}\">{}{}</a></td><td>{}</td><td>{}</td></tr>\n",
                     http::percent_encoded(entry.name), slash, http::html_escaped(escaped(entry.name)), slash,
                     entry.kind == Kind::folder ? "" : size_text(entry.size),
                     http::http_date(std::chrono::floor<std::chrono::seconds>(entry.modified)));
}

}  // namespace

Pages::Pages(std::string not_found)
    : not_found_(not_found.empty() ? std::string(kNotFoundPage) : std::move(not_found)) {}

std::string Pages::not_found(std::string_view target) const {
  return http_serving::replaced(not_found_, "{{target}}", http::html_escaped(target));
}

std::string Pages::folder(std::string_view path, std::vector<Entry> entries) const {
  std::erase_if(entries, [](const Entry& entry) { return entry.name.starts_with('.'); });
  std::sort(entries.begin(), entries.end(), [](const Entry& left, const Entry& right) {
    return std::tuple(left.kind == Kind::file, left.name) < std::tuple(right.kind == Kind::file, right.name);
  });
  std::string body = "<table>\n<tr><th>Name</th><th>Size</th><th>Last change</th></tr>\n";
  if (path != "/") body += "<tr><td><a href=\"../\">../</a></td><td></td><td></td></tr>\n";
  for (const Entry& entry : entries) body += row(entry);
  body += "</table>";
  if (entries.empty()) body += "\n<p>Nothing is in here.</p>";
  return http_serving::page("Folder " + escaped(http::percent_decoded(path).value_or(std::string(path))), body);
}

}  // namespace wireproof::http_server
