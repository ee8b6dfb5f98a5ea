#pragma once
// The body of a client's request on its way to the next hop.

#include <cstddef>
#include <string>
#include <string_view>

#include "http/server_connection.hpp"

namespace wireproof::http_forwarding {

/// A short one may be sent again, to another hop. All that waits throws http::Broken: the client's doing.
class RequestBody {
 public:
  /// `kept`: bytes that are held at most, in case it must be sent again.
  explicit RequestBody(http::ServerConnection& client, std::size_t kept = 64 * 1024) : client_(client), most_(kept) {}

  http::ServerConnection& client() { return client_; }
  const http::Framing& framing() const { return client_.request_framing(); }
  /// Whether there is one of a byte at least, or chunks.
  bool is_there() const { return framing() != http::Framing{} && framing() != http::Framing::of_length(0); }
  /// The next piece, until the next call; empty at its end.
  asio::awaitable<std::string_view> next();
  /// After the end.
  const http::Fields& trailers() { return client_.request_trailers(); }

  /// Whether all that was taken is still held.
  bool can_repeat() const { return can_repeat_; }
  /// From its beginning.
  void repeat() { at_ = 0; }

 private:
  http::ServerConnection& client_;
  std::size_t most_;
  std::string held_;
  std::size_t at_ = 0;  ///< in held_
  bool can_repeat_ = true;
  bool has_ended_ = false;
};

}  // namespace wireproof::http_forwarding
