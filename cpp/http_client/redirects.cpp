#include "http_client/redirects.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>

#include "text/utf8.hpp"

namespace wireproof::http_client {
namespace {

/// Of those that callers add, what any server may be told.
constexpr std::string_view kHarmless[] = {"Accept",        "Accept-Charset", "Accept-Encoding", "Accept-Language",
                                          "Cache-Control", "Pragma",         "User-Agent"};
/// They describe a body (RFC 9110, 15.4).
constexpr std::string_view kOfBody[] = {"Content-Type", "Content-Language", "Content-Encoding", "Content-Location"};

bool is_among(std::string_view name, std::span<const std::string_view> names) {
  return std::any_of(names.begin(), names.end(), [&](std::string_view one) { return http::same_word(one, name); });
}

/// Two requests with the same key get the same answer, as far as a client can know.
std::string key_of(const Request& request) {
  const bool personal = request.url.credentials.has_value() || !request.fields.empty();
  return fmt::format("{} {} {} {}", request.method, personal ? '*' : '-', request.url.absolute_form(),
                     request.url.zone);
}

/// RFC 9110, 15.4.2 to 15.4.4: POST becomes GET as everybody does it, and 303 is always asked for by GET or HEAD.
bool becomes_get(std::string_view method, unsigned status) {
  if (status == 303) return method != "GET" && method != "HEAD";
  return method == "POST" && (status == 301 || status == 302);
}

}  // namespace

Redirects::Redirects(const Request& first, unsigned most) : most_(most) { seen_.insert(key_of(first)); }

bool Redirects::is_one(unsigned status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

std::variant<Request, Stop> Redirects::follow(const Request& request, unsigned status, const http::Fields& fields) {
  const std::string_view location = fields.value("Location");
  if (location.empty()) return Stop{Cause::status, fmt::format("{} without Location", status)};
  if (fields.count("Location") > 1) return Stop{Cause::malformed, fmt::format("{} with several Locations", status)};

  Request next = request;
  try {
    next.url = url::parse_location(request.url, location);
  } catch (const url::UrlError& error) {
    const bool other_scheme =
        url::split_reference(location).scheme && std::string_view(error.what()).ends_with("http is");
    return Stop{other_scheme ? Cause::scheme : Cause::malformed, fmt::format("{} to {}", status, error.what())};
  }
  if (next.url.scheme != "http") {
    return Stop{Cause::scheme, fmt::format("{} to {}: https is not spoken here", status, next.url.absolute_form())};
  }
  if (becomes_get(request.method, status)) {
    next.method = "GET";
    next.body.reset();
    for (const std::string_view name : kOfBody) next.fields.erase(name);
  }
  if (next.url.same_origin(request.url)) {
    next.url.credentials = request.url.credentials;
  } else {
    for (const http::Field& field : request.fields) {
      const bool of_body = next.body && is_among(field.name, kOfBody);
      if (!of_body && !is_among(field.name, kHarmless)) next.fields.erase(field.name);
    }
  }
  if (followed_ == most_) {
    return Stop{Cause::loop,
                fmt::format("{} redirects were followed, and {} comes next", most_, next.url.absolute_form())};
  }
  if (!seen_.insert(key_of(next)).second) {
    return Stop{Cause::loop, fmt::format("{} leads back to {}", status, next.url.absolute_form())};
  }
  ++followed_;
  return next;
}

}  // namespace wireproof::http_client
