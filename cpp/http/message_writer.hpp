#pragma once
// Heads and bodies as they are sent (RFC 9112). Pure. What a header must not hold is never written: it throws.

#include <stdexcept>
#include <string>
#include <string_view>

#include "http/framing.hpp"
#include "http/message.hpp"

namespace wireproof::http {

/// A mistake of the program that writes: a name that is no token, a value with a line end, a body that is not as long
/// as was told.
class WritingError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

/// Appends the start line, the fields and the empty line. Framing is what the fields say: see frame().
void append_head(std::string& out, const RequestHead& head);
void append_head(std::string& out, const ResponseHead& head);

/// Sets Content-Length or Transfer-Encoding, and erases the other.
void frame(Fields& fields, const Framing& framing);

/// Cuts a body as its framing asks.
class BodyEncoder {
 public:
  explicit BodyEncoder(Framing framing = {}) : framing_(framing) {}

  /// Appends a piece. WritingError when it is more than was told.
  void append(std::string& out, std::string_view piece);
  /// Appends the end, with trailers if it is chunked. WritingError when it is less than was told.
  void finish(std::string& out, const Fields& trailers = {});
  /// What stands before and behind a piece of so many bytes that is sent by itself (sendfile(2)).
  void count(std::uint64_t bytes);
  /// Whether pieces go as they are.
  bool is_plain() const { return framing_.kind != Framing::Kind::chunked; }

 private:
  Framing framing_;
  std::uint64_t written_ = 0;
};

}  // namespace wireproof::http
