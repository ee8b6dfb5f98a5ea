#include "http_client/coding.hpp"

#include <string>

namespace wireproof::http_client {
namespace {

bool is_gzip_file(const http::Fields& fields, std::string_view file_name) {
  const std::string_view type = fields.value("Content-Type");
  const std::string_view media = http::trimmed(type.substr(0, type.find(';')));
  const bool by_type = http::same_word(media, "application/gzip") || http::same_word(media, "application/x-gzip");
  return by_type && (file_name.ends_with(".gz") || file_name.ends_with(".tgz"));
}

}  // namespace

Coding coding_of(const http::Fields& fields, std::string_view file_name) {
  const std::string codings = fields.joined("Content-Encoding").value_or("");
  std::string_view list = codings;
  Coding found = Coding::none;
  while (const auto coding = http::take_member(list)) {
    if (http::same_word(*coding, "identity")) continue;
    const bool is_gzip = http::same_word(*coding, "gzip") || http::same_word(*coding, "x-gzip");
    if (!is_gzip || found != Coding::none) return Coding::unknown;
    found = Coding::gzip;
  }
  return found == Coding::gzip && is_gzip_file(fields, file_name) ? Coding::none : found;
}

}  // namespace wireproof::http_client
