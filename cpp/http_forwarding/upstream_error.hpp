#pragma once
// Why the next hop gave no answer, or not all of it.

#include <cstdint>
#include <string>
#include <string_view>

#include "text/failure.hpp"

namespace wireproof::http_forwarding {

enum class UpstreamCause : std::uint8_t {
  unresolved,         ///< its name has no address
  refused,            ///< nobody listens there
  unreachable,        ///< the network has no way, or no descriptor was left
  connect_timed_out,  ///< no connection in time
  closed,             ///< it ended the connection before an answer began
  reset,              ///< likewise, by a reset, or while the request was being sent
  timed_out,          ///< it read nothing, or sent nothing, for too long
  malformed,          ///< its answer cannot be understood
  truncated,          ///< the connection ended within the answer
};

/// "refused", "time-out": a word for logs and counters.
std::string_view word_of(UpstreamCause cause);

class UpstreamError : public Failure {
 public:
  UpstreamError(UpstreamCause cause, const std::string& what) : Failure(what), cause_(cause) {}

  UpstreamCause cause() const { return cause_; }
  /// What it is answered with: 504 for what took too long, 502 for the rest.
  unsigned status() const;
  /// Nothing of the request can have been seen: it may be asked elsewhere, whatever its method is.
  bool before_sending() const;
  /// The connection ended before anything of an answer came: on one that was used before, the peer may not have seen
  /// the request.
  bool without_answer() const { return cause_ == UpstreamCause::closed || cause_ == UpstreamCause::reset; }

 private:
  UpstreamCause cause_;
};

}  // namespace wireproof::http_forwarding
