#include "http/framing.hpp"

#include "bytes/decimal.hpp"

namespace wireproof::http {
namespace {

/// What both kinds of messages have in common; Kind::none where no field tells it.
Outcome<Framing> told(Version version, const Fields& fields, unsigned unknown_coding) {
  const std::size_t lengths = fields.count("Content-Length");
  const std::size_t codings = fields.count("Transfer-Encoding");
  if (codings > 0) {
    // RFC 9112, 6.1: who sends such a thing may want two readers to see two ends.
    if (version == Version::http10) return Refusal{400, "HTTP/1.0 has no Transfer-Encoding"};
    if (lengths > 0) return Refusal{400, "both Content-Length and Transfer-Encoding"};
    const std::string value = *fields.joined("Transfer-Encoding");
    if (same_word(value, "chunked")) return Framing::chunked();
    std::string_view list = value;
    while (const auto member = take_member(list)) {
      const std::string_view coding = trimmed(member->substr(0, member->find(';')));
      if (!is_token(coding)) return Refusal{400, "a malformed Transfer-Encoding"};
      if (!same_word(coding, "chunked")) return Refusal{unknown_coding, "a transfer coding that is not known"};
    }
    return Refusal{400, "a malformed Transfer-Encoding"};  // chunked twice, with parameters, or nothing
  }
  if (lengths == 0) return Framing{};
  if (lengths > 1) return Refusal{400, "more than one Content-Length"};
  const auto length = parse_decimal(fields.value("Content-Length"));
  if (!length) return Refusal{400, "a malformed Content-Length"};
  return Framing::of_length(*length);
}

}  // namespace

Outcome<Framing> framing_of(const RequestHead& head) { return told(head.version, head.fields, 501); }

Outcome<Framing> framing_of(const ResponseHead& head, std::string_view method) {
  const Outcome<Framing> framing = told(head.version, head.fields, 502);
  // RFC 9112, 6.3: these have no body, whatever they tell; 2xx to CONNECT begins a tunnel.
  const bool without = method == "HEAD" || head.status < 200 || head.status == 204 || head.status == 304 ||
                       (method == "CONNECT" && head.status < 300);
  if (std::holds_alternative<Refusal>(framing)) return Refusal{502, std::get<Refusal>(framing).reason};
  if (without) return Framing{};
  const Framing found = std::get<Framing>(framing);
  return found.kind == Framing::Kind::none ? Framing::until_close() : found;
}

bool keeps_alive(Version version, const Fields& fields) {
  if (fields.lists("Connection", "close")) return false;
  return version == Version::http11 || fields.lists("Connection", "keep-alive");
}

}  // namespace wireproof::http
