#include "http/head_parser.hpp"

#include <fmt/format.h>

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "http/characters.hpp"

namespace wireproof::http {
namespace {

namespace beast = boost::beast;
using beast::error_code;
using BeastView = beast::string_view;

std::string_view plain(BeastView text) { return {text.data(), text.size()}; }

/// What both parsers do; bodies are BodyDecoder's.
template <bool is_request, typename Head>
class Parser : public beast::http::basic_parser<is_request> {
 public:
  Parser() {
    // Whoever calls has bounded the head already.
    this->header_limit(std::numeric_limits<std::uint32_t>::max());
    this->body_limit(boost::none);
    this->skip(true);
    this->eager(false);
  }

  Head head;

 private:
  void on_request_impl(beast::http::verb, BeastView method, BeastView target, int version, error_code&) override {
    if constexpr (is_request) {
      head.method = plain(method);
      head.target = plain(target);
      head.version = version == 10 ? Version::http10 : Version::http11;
    }
  }
  void on_response_impl(int status, BeastView reason, int version, error_code&) override {
    if constexpr (!is_request) {
      head.status = static_cast<unsigned>(status);
      head.reason = plain(reason);
      head.version = version == 10 ? Version::http10 : Version::http11;
    }
  }
  void on_field_impl(beast::http::field, BeastView name, BeastView value, error_code&) override {
    head.fields.add(plain(name), plain(value));
  }
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(BeastView body, error_code&) override { return body.size(); }
  void on_chunk_header_impl(std::uint64_t, BeastView, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, BeastView body, error_code&) override { return body.size(); }
  void on_finish_impl(error_code&) override {}
};

/// "HTTP/2.0", as every version is written.
bool is_version(std::string_view text) {
  return text.size() == 8 && text.starts_with("HTTP/") && is_digit(text[5]) && text[6] == '.' && is_digit(text[7]);
}

/// RFC 9110, 2.5: a later HTTP/1 than is known here is taken as HTTP/1.1. `at`: the place of the version in the head;
/// the text in `copy`, if it is another one then.
std::string_view with_known_version(std::string_view head, std::size_t at, std::string& copy) {
  const std::string_view version = head.substr(at, 8);
  if (!is_version(version) || !version.starts_with("HTTP/1.") || version.back() < '2') return head;
  copy = head;
  copy[at + 7] = '1';
  return copy;
}

std::string_view first_line(std::string_view head) { return head.substr(0, head.find("\r\n")); }

/// Beast joins lines that RFC 9112 (5.2) refuses.
bool has_folded_line(std::string_view head) {
  return head.find("\r\n ") != std::string_view::npos || head.find("\r\n\t") != std::string_view::npos;
}

Refusal refusal_of(const error_code& code, std::string_view head) {
  using beast::http::error;
  const std::string_view line = first_line(head);
  if (code == error::bad_version) {
    const std::string_view version = line.substr(line.rfind(' ') + 1);
    if (is_version(version) && !version.starts_with("HTTP/1.")) {
      return {505, fmt::format("{} is not spoken here", version)};
    }
    return {400, "the request line has no version of HTTP"};
  }
  if (code == error::bad_line_ending) return {400, "a CR without LF"};
  if (code == error::bad_method) return {400, "a malformed method"};
  if (code == error::bad_target) return {400, "a malformed request target"};
  if (code == error::bad_status || code == error::bad_reason) return {400, "a malformed status line"};
  if (code == error::bad_field) return {400, "a malformed field name"};
  if (code == error::bad_value) return {400, "a field with a malformed value"};
  if (code == error::bad_content_length || code == error::multiple_content_length) {
    return {400, "a malformed Content-Length, or differing ones, or one beside Transfer-Encoding"};
  }
  if (code == error::bad_transfer_encoding) return {400, "both Content-Length and Transfer-Encoding, or two of it"};
  return {400, fmt::format("a malformed head: {}", code.message())};
}

bool is_absolute_form(std::string_view target) {
  const std::size_t colon = target.find("://");
  if (colon == 0 || colon == std::string_view::npos) return false;
  const std::string_view scheme = target.substr(0, colon);
  return std::all_of(scheme.begin(), scheme.end(), [](char character) {
    return is_digit(character) || is_letter(character) || character == '+' || character == '-' || character == '.';
  });
}

/// The authority of "http://h:80/a?b".
std::string_view authority_of(std::string_view target) {
  target.remove_prefix(target.find("://") + 3);
  return target.substr(0, target.find_first_of("/?"));
}

/// RFC 9112, 3.2: which form goes with which method.
std::optional<Refusal> wrong_target(const RequestHead& head) {
  const std::string& target = head.target;
  const bool is_ascii = std::all_of(target.begin(), target.end(), [](char character) { return character > 0; });
  if (!is_ascii || target.find('#') != std::string::npos) return Refusal{400, "a malformed request target"};
  if (head.method == "CONNECT") {
    const std::size_t colon = target.rfind(':');
    const bool has_port = colon != std::string::npos && colon > 0 && colon + 1 < target.size();
    if (!has_port || !is_host(target)) return Refusal{400, "CONNECT wants a host and a port"};
    return std::nullopt;
  }
  if (target.front() == '/' || (target == "*" && head.method == "OPTIONS")) return std::nullopt;
  if (!is_absolute_form(target)) return Refusal{400, "a malformed request target"};
  const std::string_view authority = authority_of(target);
  if (authority.empty() || !is_host(authority)) return Refusal{400, "a malformed host in the request target"};
  return std::nullopt;
}

std::optional<Refusal> wrong_host(const RequestHead& head) {
  const std::size_t count = head.fields.count("Host");
  if (count > 1) return Refusal{400, "more than one Host"};
  if (count == 0 && head.version == Version::http11) return Refusal{400, "the header has no Host"};
  if (count == 1 && !is_host(head.fields.value("Host"))) return Refusal{400, "a malformed Host"};
  return std::nullopt;
}

/// Nothing, when Beast takes it all.
template <typename Parser>
std::optional<Refusal> put(Parser& parser, std::string_view head) {
  if (has_folded_line(head)) return Refusal{400, "a folded line"};
  error_code error;
  std::size_t taken = parser.put({head.data(), head.size()}, error);
  if (error) return refusal_of(error, head);
  if (taken != head.size() || !parser.is_header_done()) return Refusal{400, "a malformed head"};
  return std::nullopt;
}

}  // namespace

bool is_host(std::string_view text) {
  if (text.empty()) return true;
  std::string_view port;
  if (text.front() == '[') {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos || end < 3) return false;
    const std::string_view address = text.substr(1, end - 1);
    if (address.find_first_not_of("0123456789abcdefABCDEF:.") != std::string_view::npos) return false;
    port = text.substr(end + 1);
  } else {
    const std::size_t colon = text.find(':');
    const std::string_view name = text.substr(0, colon);
    if (name.empty()) return false;
    const bool is_name = std::all_of(name.begin(), name.end(), [](char character) {
      return is_digit(character) || is_letter(character) ||
             std::string_view("-._~%!$&'()*+,;=").find(character) != std::string_view::npos;
    });
    if (!is_name) return false;
    port = colon == std::string_view::npos ? std::string_view() : text.substr(colon);
  }
  if (port.empty()) return true;
  return port.front() == ':' && port.size() <= 6 && std::all_of(port.begin() + 1, port.end(), is_digit);
}

Outcome<RequestHead> parse_request_head(std::string_view head) {
  Parser<true, RequestHead> parser;
  std::string copy;
  head = with_known_version(head, first_line(head).rfind(' ') + 1, copy);
  if (auto refusal = put(parser, head)) return *std::move(refusal);
  if (auto refusal = wrong_target(parser.head)) return *std::move(refusal);
  if (auto refusal = wrong_host(parser.head)) return *std::move(refusal);
  return std::move(parser.head);
}

Outcome<ResponseHead> parse_response_head(std::string_view head) {
  Parser<false, ResponseHead> parser;
  // RFC 9112, 4: the reason may be empty, and many leave out the space before it.
  std::string spaced;
  const std::string_view line = first_line(head);
  if (line.size() == 12 && is_version(line.substr(0, 8))) {
    spaced = std::string(line) + ' ' + std::string(head.substr(line.size()));
    head = spaced;
  }
  std::string copy;
  head = with_known_version(head, 0, copy);
  if (auto refusal = put(parser, head)) return Refusal{502, std::move(refusal->reason)};
  if (parser.head.status < 100 || parser.head.status > 599) return Refusal{502, "a status that does not exist"};
  return std::move(parser.head);
}

Outcome<Field> parse_field_line(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon)))
    return Refusal{400, "a malformed field name"};
  const std::string_view value = trimmed(line.substr(colon + 1));
  if (!is_field_value(value)) return Refusal{400, "a field with a malformed value"};
  return Field{std::string(line.substr(0, colon)), std::string(value)};
}

}  // namespace wireproof::http
