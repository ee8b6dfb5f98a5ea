#pragma once
// How long a message's body is (RFC 9112, 6), and whether the connection lives on after it (9.3).

#include <cstdint>
#include <string_view>

#include "http/message.hpp"

namespace wireproof::http {

struct Framing {
  enum class Kind : std::uint8_t {
    none,         ///< the message ends with its head
    length,       ///< so many bytes
    chunked,      ///< until a chunk of no bytes
    until_close,  ///< until the connection's end; of responses only
  };

  Kind kind = Kind::none;
  std::uint64_t length = 0;  ///< of Kind::length

  static Framing of_length(std::uint64_t bytes) { return {Kind::length, bytes}; }
  static Framing chunked() { return {Kind::chunked}; }
  static Framing until_close() { return {Kind::until_close}; }

  friend bool operator==(const Framing&, const Framing&) = default;
};

/// Of a request: 400 for lengths that are malformed, or told twice, or beside a transfer coding; 501 for a coding other
/// than chunked.
Outcome<Framing> framing_of(const RequestHead& head);
/// Of the response to a request of that method.
Outcome<Framing> framing_of(const ResponseHead& head, std::string_view method);

/// Whether the sender of this head will take or send another message on the connection.
bool keeps_alive(Version version, const Fields& fields);

}  // namespace wireproof::http
