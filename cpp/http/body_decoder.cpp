#include "http/body_decoder.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "http/characters.hpp"
#include "http/head_parser.hpp"

namespace wireproof::http {
namespace {

void skip_blanks(std::string_view& text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
}

bool take_token(std::string_view& text) {
  std::size_t end = 0;
  while (end < text.size() && is_token(text.substr(end, 1))) ++end;
  text.remove_prefix(end);
  return end > 0;
}

bool take_quoted_string(std::string_view& text) {
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[at] == '"') {
      text.remove_prefix(at + 1);
      return true;
    }
    if (text[at] == '\\') ++at;
  }
  return false;
}

/// *( BWS ";" BWS name [ BWS "=" BWS value ] ) (RFC 9112, 7.1.1).
bool are_extensions(std::string_view text) {
  // Control characters hide in quoted strings.
  if (!is_field_value(trimmed(text))) return false;
  while (!text.empty()) {
    skip_blanks(text);
    if (text.empty() || text.front() != ';') return false;
    text.remove_prefix(1);
    skip_blanks(text);
    if (!take_token(text)) return false;
    std::string_view behind = text;
    skip_blanks(behind);
    if (behind.empty() || behind.front() != '=') continue;
    behind.remove_prefix(1);
    skip_blanks(behind);
    text = behind;
    if (!text.empty() && text.front() == '"' ? !take_quoted_string(text) : !take_token(text)) return false;
  }
  return true;
}

}  // namespace

BodyDecoder::BodyDecoder(Framing framing, const Limits& limits) : framing_(framing), limits_(limits) {
  switch (framing.kind) {
    case Framing::Kind::none:
      state_ = State::end;
      break;
    case Framing::Kind::length:
      left_ = framing.length;
      state_ = left_ == 0 ? State::end : State::data;
      break;
    case Framing::Kind::chunked:
      state_ = State::chunk_line;
      break;
    case Framing::Kind::until_close:
      left_ = std::numeric_limits<std::uint64_t>::max();
      state_ = State::data;
      break;
  }
  if (framing.kind == Framing::Kind::length && framing.length > limits_.body) {
    refuse(413, "the body is longer than is taken");
  }
}

BodyDecoder::Part BodyDecoder::refuse(unsigned status, std::string reason) {
  state_ = State::refused;
  refusal_ = {status, std::move(reason)};
  return Part::refused;
}

BodyDecoder::Part BodyDecoder::next(std::string_view& bytes) {
  for (;;) {
    if (state_ == State::end) return Part::end;
    if (state_ == State::refused) return Part::refused;
    if (bytes.empty()) return Part::more;
    if (state_ == State::data) return take_data(bytes);
    if (!take_line(bytes)) return state_ == State::refused ? Part::refused : Part::more;
    Part part = Part::more;
    if (state_ == State::chunk_line) {
      part = begin_chunk();
    } else if (state_ == State::chunk_end) {
      if (!line_.empty()) return refuse(400, "a chunk is longer than its size");
      state_ = State::chunk_line;
    } else {
      part = take_trailer();
    }
    line_.clear();
    if (part != Part::more) return part;
  }
}

BodyDecoder::Part BodyDecoder::end_of_stream() {
  if (state_ == State::end || (state_ == State::data && framing_.kind == Framing::Kind::until_close)) {
    state_ = State::end;
    return Part::end;
  }
  if (state_ == State::refused) return Part::refused;
  return refuse(400, "the connection ended within the body");
}

BodyDecoder::Part BodyDecoder::take_data(std::string_view& bytes) {
  const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
  piece_ = bytes.substr(0, length);
  bytes.remove_prefix(length);
  if (framing_.kind == Framing::Kind::until_close) {
    if (length > limits_.body - taken_) return refuse(413, "the body is longer than is taken");
  } else {
    left_ -= length;
    if (left_ == 0) state_ = framing_.kind == Framing::Kind::chunked ? State::chunk_end : State::end;
  }
  taken_ += length;
  return Part::piece;
}

bool BodyDecoder::take_line(std::string_view& bytes) {
  const std::size_t limit = state_ == State::trailer     ? limits_.head - std::min(limits_.head, trailer_bytes_)
                            : state_ == State::chunk_end ? 0
                                                         : limits_.chunk_line;
  const std::size_t end = bytes.find('\n');
  const std::size_t length = std::min(end, bytes.size());
  // What is beyond is not even held; CR counts until it is known to be the line's end.
  if (line_.size() + length > limit + 1) {
    if (state_ == State::chunk_end) {
      refuse(400, "a chunk is longer than its size");
    } else {
      refuse(state_ == State::trailer ? 431 : 400,
             state_ == State::trailer ? "the trailers are longer than is taken" : "a chunk's line is too long");
    }
    return false;
  }
  line_ += bytes.substr(0, length);
  bytes.remove_prefix(std::min(bytes.size(), length + 1));
  const std::size_t carriage = line_.find('\r');
  if (end == std::string_view::npos) {
    if (carriage != std::string::npos && carriage + 1 < line_.size()) refuse(400, "a bare CR in a chunked body");
    return false;
  }
  if (carriage == std::string::npos || carriage + 1 != line_.size()) {
    refuse(400, carriage == std::string::npos ? "a bare LF in a chunked body" : "a bare CR in a chunked body");
    return false;
  }
  line_.pop_back();
  return true;
}

BodyDecoder::Part BodyDecoder::begin_chunk() {
  std::uint64_t size = 0;
  const char* const last = line_.data() + line_.size();
  const auto [end, error] = std::from_chars(line_.data(), last, size, 16);
  if (error != std::errc()) return refuse(400, "a malformed chunk size");
  const std::string_view extensions(end, static_cast<std::size_t>(last - end));
  if (!are_extensions(extensions)) return refuse(400, "malformed chunk extensions");
  extensions_ += extensions.size();
  if (extensions_ > limits_.chunk_extensions) return refuse(400, "too many chunk extensions");
  if (size > limits_.body - taken_) return refuse(413, "the body is longer than is taken");
  left_ = size;
  state_ = size == 0 ? State::trailer : State::data;
  return Part::more;
}

BodyDecoder::Part BodyDecoder::take_trailer() {
  if (line_.empty()) {
    state_ = State::end;
    return Part::end;
  }
  trailer_bytes_ += line_.size() + 2;
  if (trailers_.size() == limits_.fields) return refuse(431, "more trailers than are taken");
  const Outcome<Field> field = parse_field_line(line_);
  if (std::holds_alternative<Refusal>(field)) return refuse(400, std::get<Refusal>(field).reason);
  const auto& [name, value] = std::get<Field>(field);
  trailers_.add(name, value);
  return Part::more;
}

}  // namespace wireproof::http
