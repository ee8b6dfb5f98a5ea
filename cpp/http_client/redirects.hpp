#pragma once
// Which request follows a redirect (RFC 9110, 15.4), and when none does. Pure.

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>

#include "http/fields.hpp"
#include "http_client/cause.hpp"
#include "url/http_url.hpp"

namespace wireproof::http_client {

/// What is asked for: what does not belong to it (Host, Range, …) is added when it is sent.
struct Request {
  std::string method = "GET";
  url::HttpUrl url;
  http::Fields fields{};              ///< of the caller
  std::optional<std::string> body{};  ///< nothing: none, not even an empty one
};

/// No redirect is followed; the cause, and words for people.
struct Stop {
  Cause cause;
  std::string words;
};

class Redirects {
 public:
  /// `most`: how many are followed.
  Redirects(const Request& first, unsigned most);

  /// Whether a response of this status is a redirect: 301, 302, 303, 307, 308.
  static bool is_one(unsigned status);

  /// The request that follows `request`, which was answered with `status` and the header `fields`. What belongs to one
  /// server (user and password, Authorization, Cookie, and any field that is not known to be harmless) goes to no other
  /// scheme, host or port, and does not come back.
  std::variant<Request, Stop> follow(const Request& request, unsigned status, const http::Fields& fields);

  unsigned followed() const { return followed_; }

 private:
  unsigned most_;
  unsigned followed_ = 0;
  std::set<std::string> seen_;
};

}  // namespace wireproof::http_client
