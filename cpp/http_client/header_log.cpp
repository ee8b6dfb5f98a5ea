#include "http_client/header_log.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>

#include "base/writing.hpp"
#include "text/failure.hpp"
#include "text/utf8.hpp"

namespace wireproof::http_client {
namespace {

std::string_view version_text(http::Version version) {
  return version == http::Version::http10 ? "HTTP/1.0" : "HTTP/1.1";
}

/// Whoever reads the log may not be whom the secret is of.
std::string told(const http::Field& field) {
  if (http::same_word(field.name, "Cookie")) return "(not told)";
  if (!http::same_word(field.name, "Authorization") && !http::same_word(field.name, "Proxy-Authorization")) {
    return escaped(field.value);
  }
  const std::size_t space = field.value.find(' ');
  return (space == std::string::npos ? "" : escaped(field.value.substr(0, space + 1))) + "(not told)";
}

}  // namespace

std::string log_text(std::string_view mark, std::string_view start_line, const http::Fields& fields) {
  std::string text;
  if (!start_line.empty()) text += fmt::format("{}{}\n", mark, escaped(start_line));
  for (const http::Field& field : fields) text += fmt::format("{}{}: {}\n", mark, escaped(field.name), told(field));
  return text + '\n';
}

HeaderLog::HeaderLog(const std::string& path) : path_(path) {
  if (path.empty()) return;
  file_ = FileDescriptor(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0666));
  if (!file_.is_open()) fail(fmt::format("write {}", printable(path)), errno);
}

void HeaderLog::write(std::string_view text) const {
  if (!file_.is_open()) return;
  if (const int error = write_all(file_.get(), text); error != 0)
    fail(fmt::format("write {}", printable(path_)), error);
}

void HeaderLog::connected(std::string_view words) { write(fmt::format("# {}\n", escaped(words))); }

void HeaderLog::request(const http::RequestHead& head) {
  write(log_text("> ", fmt::format("{} {} {}", head.method, head.target, version_text(head.version)), head.fields));
}

void HeaderLog::response(const http::ResponseHead& head) {
  write(log_text("< ", fmt::format("{} {} {}", version_text(head.version), head.status, head.reason), head.fields));
}

void HeaderLog::trailers(const http::Fields& fields) {
  if (!fields.empty()) write("# trailers\n" + log_text("< ", "", fields));
}

}  // namespace wireproof::http_client
