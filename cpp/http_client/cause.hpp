#pragma once
// Why nothing was fetched, in one word: for messages, reports, and what may be tried again.

#include <cstdint>
#include <string>
#include <string_view>

#include "text/failure.hpp"

namespace wireproof::http_client {

enum class Cause : std::uint8_t {
  refused,      ///< nobody listens there
  unresolved,   ///< the host has no address
  unreachable,  ///< no way there
  reset,        ///< the connection broke
  time_out,     ///< nothing came for too long
  status,       ///< the server's answer says no
  truncated,    ///< the body is not whole
  oversized,    ///< the body is more than is taken
  loop,         ///< redirects in a circle, or too many
  malformed,    ///< what came is no HTTP
  scheme,       ///< https, or another that is not spoken
  encoding,     ///< a content coding that is not known, or is broken
  exists,       ///< the file is there, and may not be replaced
  file,         ///< it cannot be written
  interrupted,  ///< by a signal
};

/// "time-out".
constexpr std::string_view word_of(Cause cause) {
  constexpr std::string_view kWords[] = {"refused", "unresolved", "unreachable", "reset", "time-out",
                                         "status",  "truncated",  "oversized",   "loop",  "malformed",
                                         "scheme",  "encoding",   "exists",      "file",  "interrupted"};
  return kWords[static_cast<std::size_t>(cause)];
}

/// what() begins with the cause's word: "time-out: 10.0.0.1:80 has not answered within 5 s".
class FetchError : public Failure {
 public:
  FetchError(Cause cause, const std::string& words)
      : Failure(std::string(word_of(cause)) + ": " + words), cause_(cause) {}

  Cause cause() const { return cause_; }

 private:
  Cause cause_;
};

}  // namespace wireproof::http_client
