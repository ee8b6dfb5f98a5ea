#include "http/message_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace wireproof::http {
namespace {

void append_fields(std::string& out, const Fields& fields) {
  for (const auto& [name, value] : fields) {
    if (!is_token(name)) throw WritingError(fmt::format("'{}' is no field name", name));
    if (!is_field_value(value)) throw WritingError(fmt::format("{} has a value that a header cannot hold", name));
    out.append(name).append(": ").append(value).append("\r\n");
  }
  out += "\r\n";
}

std::string_view name_of(Version version) { return version == Version::http10 ? "HTTP/1.0" : "HTTP/1.1"; }

}  // namespace

void append_head(std::string& out, const RequestHead& head) {
  const bool is_target = !head.target.empty() && std::none_of(head.target.begin(), head.target.end(), [](char byte) {
    return static_cast<unsigned char>(byte) <= 0x20 || static_cast<unsigned char>(byte) >= 0x7F;
  });
  if (!is_token(head.method) || !is_target) throw WritingError("a request line that cannot be written");
  out.append(head.method).append(" ").append(head.target).append(" ").append(name_of(head.version)).append("\r\n");
  append_fields(out, head.fields);
}

void append_head(std::string& out, const ResponseHead& head) {
  if (head.status < 100 || head.status > 599 || !is_field_value(trimmed(head.reason))) {
    throw WritingError("a status line that cannot be written");
  }
  const std::string_view reason = head.reason.empty() ? reason_of(head.status) : std::string_view(head.reason);
  fmt::format_to(std::back_inserter(out), "{} {} {}\r\n", name_of(head.version), head.status, reason);
  append_fields(out, head.fields);
}

void frame(Fields& fields, const Framing& framing) {
  fields.erase("Content-Length");
  fields.erase("Transfer-Encoding");
  if (framing.kind == Framing::Kind::length) fields.add("Content-Length", std::to_string(framing.length));
  if (framing.kind == Framing::Kind::chunked) fields.add("Transfer-Encoding", "chunked");
}

void BodyEncoder::count(std::uint64_t bytes) {
  if (framing_.kind == Framing::Kind::none && bytes > 0) throw WritingError("a body where none was told");
  if (framing_.kind == Framing::Kind::length && bytes > framing_.length - written_) {
    throw WritingError("a body longer than was told");
  }
  written_ += bytes;
}

void BodyEncoder::append(std::string& out, std::string_view piece) {
  if (piece.empty()) return;  // in chunks it would be the end
  count(piece.size());
  if (framing_.kind != Framing::Kind::chunked) {
    out += piece;
    return;
  }
  fmt::format_to(std::back_inserter(out), "{:x}\r\n", piece.size());
  out.append(piece).append("\r\n");
}

void BodyEncoder::finish(std::string& out, const Fields& trailers) {
  if (framing_.kind == Framing::Kind::length && written_ != framing_.length) {
    throw WritingError("a body shorter than was told");
  }
  if (framing_.kind != Framing::Kind::chunked) return;
  out += "0\r\n";
  append_fields(out, trailers);
}

}  // namespace wireproof::http
