#pragma once
// The headers of all requests and responses, in a file for people.

#include <string>
#include <string_view>

#include "http/message.hpp"
#include "loop/file_descriptor.hpp"

namespace wireproof::http_client {

/// What is written of one head: a line each for start line and fields, with `mark` before it, then an empty one. What
/// would move a terminal is escaped; of secrets (Authorization, Proxy-Authorization, Cookie) the scheme alone is told.
std::string log_text(std::string_view mark, std::string_view start_line, const http::Fields& fields);

class HeaderLog {
 public:
  /// Makes the file anew; an empty path: there is none. Throws Failure "write PATH: …".
  explicit HeaderLog(const std::string& path);

  /// Each begins with a line "# …" that tells with whom.
  void connected(std::string_view words);
  void request(const http::RequestHead& head);
  void response(const http::ResponseHead& head);
  void trailers(const http::Fields& fields);

 private:
  void write(std::string_view text) const;

  std::string path_;
  FileDescriptor file_;
};

}  // namespace wireproof::http_client
