#include "http_proxy/proxy_status.hpp"

#include <fmt/format.h>

namespace wireproof::http_proxy {

using http_forwarding::UpstreamCause;

std::string_view error_type(UpstreamCause cause) {
  switch (cause) {
    case UpstreamCause::unresolved:
      return "dns_error";
    case UpstreamCause::refused:
      return "connection_refused";
    case UpstreamCause::unreachable:
      return "destination_ip_unroutable";
    case UpstreamCause::connect_timed_out:
      return "connection_timeout";
    case UpstreamCause::closed:
    case UpstreamCause::reset:
      return "connection_terminated";
    case UpstreamCause::timed_out:
      return "http_response_timeout";
    case UpstreamCause::malformed:
      return "http_protocol_error";
    case UpstreamCause::truncated:
      return "http_response_incomplete";
  }
  return "proxy_internal_error";
}

std::string_view error_type(unsigned status) {
  switch (status) {
    case 403:
    case 405:
      return "http_request_denied";
    case 501:
    case 400:
      return "http_request_error";
    case 508:
      return "proxy_loop_detected";
    default:
      return "";
  }
}

std::string proxy_status(std::string_view proxy, std::string_view error) {
  // Of a pseudonym in Via all characters may stand in a string, two apart, which no token has.
  return fmt::format("\"{}\"; error={}", proxy, error);
}

}  // namespace wireproof::http_proxy
