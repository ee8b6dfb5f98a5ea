#include "http/head_collector.hpp"

#include <algorithm>

namespace wireproof::http {
namespace {

/// Empty lines before a request, as some old clients send after a body (RFC 9112, 2.2).
constexpr std::size_t kEmptyLines = 4;
/// How each response begins.
constexpr std::string_view kName = "HTTP/";

}  // namespace

void HeadCollector::reset() {
  held_.clear();
  size_ = line_ = lines_ = empty_ = 0;
  last_ = '\0';
  head_ = {};
}

HeadCollector::Found HeadCollector::refuse(unsigned status, std::string reason) {
  refusal_ = {is_request_ ? status : 502, std::move(reason)};
  return Found::refused;
}

HeadCollector::Found HeadCollector::next(std::string_view& bytes) {
  if (size_ == 0) {
    while (is_request_ && !bytes.empty() && (bytes.front() == '\r' || bytes.front() == '\n')) {
      if ((bytes.front() == '\n') != (last_ == '\r')) return refuse(400, "a bare CR or LF before the request");
      if (++empty_ > 2 * kEmptyLines) return refuse(400, "only empty lines where a request should be");
      last_ = bytes.front();
      bytes.remove_prefix(1);
    }
    if (bytes.empty()) return Found::more;
    if (last_ == '\r') return refuse(400, "a bare CR before the request");
    // A line that begins so has no end in TLS or other binary protocols: whoever waits for it waits in vain.
    if (!is_token(bytes.substr(0, 1))) return refuse(400, "this is not HTTP");
    const std::string_view name = bytes.substr(0, kName.size());
    if (!is_request_ && name != kName.substr(0, name.size())) return refuse(502, "this is not HTTP");
  }
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t end = bytes.find('\n', at);
    const std::size_t length = std::min(end, bytes.size()) - at;
    line_ += length;
    // CR counts until it is known to end the line.
    if (lines_ == 0 && line_ > limits_.start_line + 1) return refuse(414, "the request line is too long");
    if (size_ + at + length > limits_.head) return refuse(431, "the header is too large");
    if (end == std::string_view::npos) break;
    const char before = length > 0 ? bytes[end - 1] : at > 0 ? bytes[at - 1] : last_;
    if (before != '\r') return refuse(400, "a line that ends with LF alone");
    at = end + 1;
    if (line_ == 1) {
      held_ += size_ == 0 ? std::string_view() : bytes.substr(0, at);
      head_ = size_ == 0 ? bytes.substr(0, at) : std::string_view(held_);
      size_ += at;
      bytes.remove_prefix(at);
      return Found::head;
    }
    // The start line is one of them.
    if (++lines_ > limits_.fields + 1) return refuse(431, "the header has too many fields");
    line_ = 0;
  }
  held_ += bytes;
  size_ += bytes.size();
  if (!bytes.empty()) last_ = bytes.back();
  bytes = {};
  return Found::more;
}

}  // namespace wireproof::http
