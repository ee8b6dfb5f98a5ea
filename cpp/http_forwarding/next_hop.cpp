#include "http_forwarding/next_hop.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "bytes/decimal.hpp"
#include "http/characters.hpp"

namespace wireproof::http_forwarding {

using http::Fields;

namespace {

/// For the next hop alone, whether Connection names them or not.
constexpr std::array<std::string_view, 10> kHopByHop{
    "Connection",          "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authentication-Info",
    "Proxy-Authorization", "TE",         "Trailer",          "Transfer-Encoding",  "Upgrade"};

/// For all, whatever Connection names (RFC 9110, 7.6.1): whose absence would change what is asked or what may be kept.
constexpr std::array<std::string_view, 22> kEndToEnd{"Age",
                                                     "Authorization",
                                                     "Cache-Control",
                                                     "Content-Encoding",
                                                     "Content-Length",
                                                     "Content-Location",
                                                     "Content-Range",
                                                     "Content-Type",
                                                     "Cookie",
                                                     "Date",
                                                     "ETag",
                                                     "Expires",
                                                     "Host",
                                                     "Last-Modified",
                                                     "Location",
                                                     "Max-Forwards",
                                                     "Pragma",
                                                     "Range",
                                                     "Set-Cookie",
                                                     "Vary",
                                                     "Via",
                                                     "WWW-Authenticate"};

/// In trailers they would be taken for those of the header (RFC 9110, 6.5.1).
constexpr std::array<std::string_view, 14> kNeverTrailers{"Authorization",  "Cache-Control",   "Content-Encoding",
                                                          "Content-Length", "Content-Range",   "Content-Type",
                                                          "Cookie",         "Expect",          "Host",
                                                          "Max-Forwards",   "Range",           "Set-Cookie",
                                                          "Vary",           "WWW-Authenticate"};

template <std::size_t Size>
bool is_in(const std::array<std::string_view, Size>& names, std::string_view name) {
  return std::any_of(names.begin(), names.end(), [&](std::string_view other) { return http::same_word(name, other); });
}

void append_via(Fields& fields, http::Version version, const std::string& pseudonym) {
  const std::string here = fmt::format("{} {}", version == http::Version::http10 ? "1.0" : "1.1", pseudonym);
  const auto before = fields.joined("Via");
  fields.set("Via", before ? *before + ", " + here : here);
}

/// RFC 7239, 4: a token, or in quotes.
std::string forwarded_value(const std::string& value) {
  return http::is_token(value) ? value : fmt::format("\"{}\"", value);
}

/// RFC 7239, 6.
std::string forwarded_node(const Address& client) {
  return forwarded_value(client.is_v4() ? client.host() : fmt::format("[{}]", client.without_zone().host()));
}

void put_behind(Fields& fields, std::string_view name, const std::string& value, bool appends) {
  const auto before = fields.joined(name);
  fields.set(name, before && appends ? *before + ", " + value : value);
}

void tell_forwarded(Fields& fields, const http::RequestHead& request, ForwardedRule rule, const PreviousHop& before) {
  if (rule == ForwardedRule::keep) return;
  const bool appends = rule == ForwardedRule::append;
  const std::string asked(request.fields.value("Host"));
  std::string element = fmt::format("for={};proto={}", forwarded_node(before.client), before.scheme);
  if (!asked.empty()) element += fmt::format(";host={}", forwarded_value(asked));
  put_behind(fields, "Forwarded", element, appends);
  put_behind(fields, "X-Forwarded-For", before.client.without_zone().host(), appends);
  // Of these the first hop's are meant.
  if (!appends || !fields.has("X-Forwarded-Proto")) fields.set("X-Forwarded-Proto", before.scheme);
  if (!appends) fields.erase("X-Forwarded-Host");
  if (!asked.empty() && !fields.has("X-Forwarded-Host")) fields.set("X-Forwarded-Host", asked);
}

}  // namespace

void erase_hop_by_hop(Fields& fields) {
  if (const auto connection = fields.joined("Connection")) {
    std::string_view list = *connection;
    while (const auto name = http::take_member(list)) {
      if (!is_in(kEndToEnd, *name)) fields.erase(*name);
    }
  }
  for (const std::string_view name : kHopByHop) fields.erase(name);
}

bool has_passed(const Fields& fields, std::string_view pseudonym) {
  const auto via = fields.joined("Via");
  if (!via) return false;
  std::string_view list = *via;
  while (auto member = http::take_member(list)) {
    // "1.1 name (comment)"
    const std::size_t blank = member->find_first_of(" \t");
    if (blank == std::string_view::npos) continue;
    const std::string_view behind = http::trimmed(member->substr(blank));
    if (http::same_word(behind.substr(0, behind.find_first_of(" \t(")), pseudonym)) return true;
  }
  return false;
}

std::optional<std::uint64_t> max_forwards(const http::RequestHead& request) {
  if (request.method != "OPTIONS" && request.method != "TRACE") return std::nullopt;
  if (request.fields.count("Max-Forwards") != 1) return std::nullopt;
  return parse_decimal(request.fields.value("Max-Forwards"));
}

http::Outcome<http::RequestHead> next_request(const http::RequestHead& request, std::string_view target,
                                              std::string_view host, const NextHop& hop, const PreviousHop& before) {
  if (has_passed(request.fields, hop.pseudonym)) {
    return http::Refusal{508, "the request has been here already: proxies ask one another in a circle"};
  }
  http::RequestHead next;
  next.method = request.method;
  next.target = target;
  next.fields.add("Host", host);
  Fields fields = request.fields;
  erase_hop_by_hop(fields);
  fields.erase("Host");
  // RFC 9110, 10.1.1: of HTTP/1.0 it is to be ignored.
  if (request.version == http::Version::http10) fields.erase("Expect");
  if (const auto left = max_forwards(request); left && *left > 0) {
    fields.set("Max-Forwards", std::to_string(*left - 1));
  }
  for (const http::Field& field : fields) next.fields.add(field.name, field.value);
  tell_forwarded(next.fields, request, hop.forwarded, before);
  append_via(next.fields, request.version, hop.pseudonym);
  return next;
}

http::ResponseHead previous_response(const http::ResponseHead& response, const NextHop& hop) {
  http::ResponseHead previous = response;
  erase_hop_by_hop(previous.fields);
  append_via(previous.fields, response.version, hop.pseudonym);
  previous.version = http::Version::http11;
  return previous;
}

Fields next_trailers(const Fields& trailers) {
  Fields next;
  for (const http::Field& field : trailers) {
    if (!is_in(kNeverTrailers, field.name) && !is_in(kHopByHop, field.name)) next.add(field.name, field.value);
  }
  return next;
}

bool is_idempotent(std::string_view method) {
  constexpr std::array<std::string_view, 6> kIdempotent{"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"};
  return std::find(kIdempotent.begin(), kIdempotent.end(), method) != kIdempotent.end();
}

}  // namespace wireproof::http_forwarding
