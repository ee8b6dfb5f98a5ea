#include "http_serving/access_log.hpp"

#include <fmt/format.h>

#include <iterator>

#include "http/characters.hpp"

namespace wireproof::http_serving {
namespace {

void append_quoted(std::string& line, std::string_view text) {
  line += '"';
  if (text.empty()) line += '-';
  for (const char byte : text) {
    const bool shows_itself = !http::is_control(byte) && static_cast<unsigned char>(byte) < 0x80;
    if (shows_itself && byte != '"' && byte != '\\') {
      line += byte;
    } else {
      fmt::format_to(std::back_inserter(line), "\\x{:02X}", static_cast<unsigned char>(byte));
    }
  }
  line += '"';
}

/// "06/Nov/1994:08:49:37 +0000", of "Sun, 06 Nov 1994 08:49:37 GMT".
std::string log_time(http::Seconds time) {
  const std::string date = http::http_date(time);
  return fmt::format("{}/{}/{}:{} +0000", date.substr(5, 2), date.substr(8, 3), date.substr(12, 4), date.substr(17, 8));
}

}  // namespace

std::string request_line(const http::RequestHead& request) {
  return fmt::format("{} {} HTTP/1.{}", request.method, request.target,
                     request.version == http::Version::http10 ? 0 : 1);
}

std::string log_line(const Access& access) {
  std::string line = fmt::format("{} - - [{}] ", access.client, log_time(access.time));
  append_quoted(line, access.request_line);
  fmt::format_to(std::back_inserter(line), " {} {} ", access.status, access.bytes);
  append_quoted(line, access.referer);
  line += ' ';
  append_quoted(line, access.user_agent);
  line += '\n';
  return line;
}

}  // namespace wireproof::http_serving
