#include "http_cache/cache_status.hpp"

#include <fmt/format.h>

#include "http/characters.hpp"

namespace wireproof::http_cache {
namespace {

/// A token of RFC 8941 (3.3.4) where it is one, else a string; what a string cannot hold is left out.
std::string item(std::string_view text) {
  if (http::is_token(text) && (http::is_letter(text.front()) || text.front() == '*')) return std::string(text);
  std::string quoted = "\"";
  for (const char character : text) {
    if (character < 0x20 || character > 0x7E) continue;
    if (character == '"' || character == '\\') quoted += '\\';
    quoted += character;
  }
  return quoted + '"';
}

}  // namespace

std::string_view word_of(CacheStatus::Forward forward) {
  switch (forward) {
    case CacheStatus::Forward::none:
      return "";
    case CacheStatus::Forward::bypass:
      return "bypass";
    case CacheStatus::Forward::method:
      return "method";
    case CacheStatus::Forward::uri_miss:
      return "uri-miss";
    case CacheStatus::Forward::vary_miss:
      return "vary-miss";
    case CacheStatus::Forward::miss:
      return "miss";
    case CacheStatus::Forward::request:
      return "request";
    case CacheStatus::Forward::stale:
      return "stale";
  }
  return "";
}

std::string text_of(const CacheStatus& status, std::string_view cache) {
  std::string text = item(cache);
  if (status.hit) text += "; hit";
  if (!status.hit && status.forward != CacheStatus::Forward::none) {
    text += fmt::format("; fwd={}", word_of(status.forward));
    if (status.forward_status) text += fmt::format("; fwd-status={}", *status.forward_status);
    if (status.stored) text += "; stored";
    if (status.collapsed) text += "; collapsed";
  }
  if (status.time_to_live) text += fmt::format("; ttl={}", status.time_to_live->count());
  if (!status.detail.empty()) text += "; detail=" + item(status.detail);
  return text;
}

void add_cache_status(http::Fields& fields, const CacheStatus& status, std::string_view cache) {
  fields.add("Cache-Status", text_of(status, cache));
}

}  // namespace wireproof::http_cache
