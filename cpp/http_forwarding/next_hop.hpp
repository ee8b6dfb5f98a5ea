#pragma once
// Heads as they are handed on (RFC 9110, 7.6): of a request to the next hop, of its response to the one before. Pure.
// How long a body is, is told anew by whoever sends it: http::frame().

#include <cstdint>
#include <optional>
#include <string>

#include "http/message.hpp"
#include "net/address.hpp"

namespace wireproof::http_forwarding {

/// What is done with Forwarded (RFC 7239) and X-Forwarded-For, -Proto and -Host.
enum class ForwardedRule : std::uint8_t {
  keep,     ///< as they came: of a forward proxy, which does not tell who its clients are
  append,   ///< what is known of this hop is put behind what came: behind another proxy that is trusted
  replace,  ///< what came is dropped: clients may write what they like
};

struct NextHop {
  std::string pseudonym;  ///< of this program in Via, a token
  ForwardedRule forwarded = ForwardedRule::keep;
};

/// What the program knows of the hop before.
struct PreviousHop {
  Address client;
  std::string scheme = "http";
};

/// Removes what is meant for one connection alone: Connection and the fields that it names, Keep-Alive,
/// Proxy-Connection, Proxy-Authenticate, Proxy-Authentication-Info, Proxy-Authorization, TE, Trailer,
/// Transfer-Encoding and Upgrade. Connection cannot take away what is meant for all (Host, Cache-Control, …).
void erase_hop_by_hop(http::Fields& fields);

/// Whether Via says that the message has been here.
bool has_passed(const http::Fields& fields, std::string_view pseudonym);

/// Of OPTIONS and TRACE: Max-Forwards; nothing where it is not told, malformed, or of another method (RFC 9110, 7.6.2).
std::optional<std::uint64_t> max_forwards(const http::RequestHead& request);

/// The head for the next hop. `target`: for its request line; `host`: the value of Host, which an absolute-form tells
/// (RFC 9112, 3.2.2). 508 when the request has been here already. Whoever calls has looked at max_forwards(), which
/// is one less from here on: 0 is not handed on. Content-Length is left as it was.
http::Outcome<http::RequestHead> next_request(const http::RequestHead& request, std::string_view target,
                                              std::string_view host, const NextHop& hop, const PreviousHop& before);

/// The head for the one who asked, final or 1xx. Content-Length is left as it was.
http::ResponseHead previous_response(const http::ResponseHead& response, const NextHop& hop);

/// Trailers that are handed on: none that frames, routes or authenticates (RFC 9110, 6.5.1).
http::Fields next_trailers(const http::Fields& trailers);

/// Methods that may be asked again without more being done than by asking once (RFC 9110, 9.2.2).
bool is_idempotent(std::string_view method);

}  // namespace wireproof::http_forwarding
