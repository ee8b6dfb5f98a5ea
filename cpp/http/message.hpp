#pragma once
// What a message is made of (RFC 9110, 6), apart from its body, and what is wrong with one.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <variant>

#include "http/fields.hpp"

namespace wireproof::http {

/// HTTP/1.1 or HTTP/1.0; others are refused.
enum class Version : std::uint8_t { http10, http11 };

struct RequestHead {
  std::string method;
  std::string target;  ///< as it was sent: "/a?b", "http://h/a", "h:443" (CONNECT), "*" (OPTIONS)
  Version version = Version::http11;
  Fields fields;
};

struct ResponseHead {
  Version version = Version::http11;
  unsigned status = 200;
  std::string reason{};  ///< empty: reason_of(status) is written
  Fields fields{};
};

/// "Not Found"; "Unknown" for a status that RFC 9110 (15), 6585 and 8297 do not name.
std::string_view reason_of(unsigned status);

/// Why a message is not taken. Of a response: what a gateway that got it would answer (502).
struct Refusal {
  unsigned status = 400;
  std::string reason{};  ///< for people: "the header has no Host"

  friend bool operator==(const Refusal&, const Refusal&) = default;
};

template <typename Value>
using Outcome = std::variant<Value, Refusal>;

/// How much of a message is taken, in bytes.
struct Limits {
  std::size_t start_line = 8 * 1024;                               ///< beyond: 414
  std::size_t head = 32 * 1024;                                    ///< start line and header; trailers; beyond: 431
  std::size_t fields = 128;                                        ///< lines of a header, of trailers; beyond: 431
  std::uint64_t body = std::numeric_limits<std::uint64_t>::max();  ///< decoded; beyond: 413
  std::size_t chunk_line = 1024;                                   ///< a chunk's size with its extensions; beyond: 400
  std::size_t chunk_extensions = 16 * 1024;                        ///< of all chunks of a message; beyond: 400
};

}  // namespace wireproof::http
