#include "echo/echo_session.hpp"

#include <algorithm>

namespace wireproof {

void EchoSession::receive(std::string_view bytes, std::string& answer) {
  if (words_.reply_prefix.empty()) {
    answer.append(bytes);
    return;
  }
  while (!bytes.empty()) {
    if (at_line_start_) answer += words_.reply_prefix;
    const std::string_view line = bytes.substr(0, std::min(bytes.find('\n'), bytes.size() - 1) + 1);
    answer += line;
    at_line_start_ = line.back() == '\n';
    bytes.remove_prefix(line.size());
  }
}

}  // namespace wireproof
