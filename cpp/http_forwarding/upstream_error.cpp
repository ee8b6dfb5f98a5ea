#include "http_forwarding/upstream_error.hpp"

namespace wireproof::http_forwarding {

std::string_view word_of(UpstreamCause cause) {
  switch (cause) {
    case UpstreamCause::unresolved:
      return "unresolved";
    case UpstreamCause::refused:
      return "refused";
    case UpstreamCause::unreachable:
      return "unreachable";
    case UpstreamCause::connect_timed_out:
      return "connect-time-out";
    case UpstreamCause::closed:
      return "closed";
    case UpstreamCause::reset:
      return "reset";
    case UpstreamCause::timed_out:
      return "time-out";
    case UpstreamCause::malformed:
      return "malformed";
    case UpstreamCause::truncated:
      return "truncated";
  }
  return "unknown";
}

unsigned UpstreamError::status() const {
  return cause_ == UpstreamCause::connect_timed_out || cause_ == UpstreamCause::timed_out ? 504 : 502;
}

bool UpstreamError::before_sending() const {
  return cause_ == UpstreamCause::unresolved || cause_ == UpstreamCause::refused ||
         cause_ == UpstreamCause::unreachable || cause_ == UpstreamCause::connect_timed_out;
}

}  // namespace wireproof::http_forwarding
