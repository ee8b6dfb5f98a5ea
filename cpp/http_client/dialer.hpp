#pragma once
// Connections to servers, or to the proxy in their place: looked up, connected by RFC 8305, and used again.

#include <memory>
#include <optional>
#include <string>

#include "http/client_connection.hpp"
#include "http_client/cause.hpp"
#include "url/http_url.hpp"

namespace wireproof::http_client {

struct Dialed {
  std::unique_ptr<http::ClientConnection> connection;
  std::string peer;        ///< "10.0.0.1:80"
  std::string key;         ///< of the server
  bool is_reused = false;  ///< it may have ended meanwhile
};

class Dialer {
 public:
  /// `timeout`: for each wait; kNever: for ever.
  Dialer(Loop& loop, Deadlines& deadlines, std::optional<url::HttpUrl> proxy, Time timeout)
      : loop_(loop), deadlines_(deadlines), proxy_(std::move(proxy)), timeout_(timeout) {}

  /// One to the server of this URL. `is_new`: not one that was used before. Throws FetchError.
  asio::awaitable<Dialed> dial(const url::HttpUrl& url, bool is_new);
  /// Keeps it for the next request, if it can be used for one.
  void keep(Dialed dialed);

  const std::optional<url::HttpUrl>& proxy() const { return proxy_; }

 private:
  Loop& loop_;
  Deadlines& deadlines_;
  std::optional<url::HttpUrl> proxy_;
  Time timeout_;
  std::optional<Dialed> kept_;
};

}  // namespace wireproof::http_client
