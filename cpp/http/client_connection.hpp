#pragma once
// A client's side of a connection: a request, its answer, and whether another may follow (RFC 9112, 9).

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/incoming.hpp"
#include "http/outgoing.hpp"

namespace wireproof::http {

/// All that waits throws Broken. One request at a time; its body may be written while the answer is read.
class ClientConnection {
 public:
  ClientConnection(std::unique_ptr<Transport> transport, const Limits& limits, const Timeouts& timeouts);

  Transport& transport() { return *transport_; }

  /// Begins a request; its framing fields are set. Fields are the caller's: Host, and Connection if it is to be
  /// "close".
  void begin(RequestHead head, Framing framing = {});
  void put(std::string_view piece) { out_.put(piece); }
  asio::awaitable<void> write(std::string_view piece) { return out_.write(piece); }
  asio::awaitable<void> flush() { return out_.flush(); }
  asio::awaitable<void> finish(const Fields& trailers = {});

  /// The next head, of 1xx too, after which comes another (but 101). False when the connection ended where the answer
  /// should begin: on a connection that was used before, the request was perhaps not seen. The answer must begin within
  /// Timeouts::idle.
  asio::awaitable<bool> next();
  ResponseHead& response() { return in_.head(); }
  const Framing& response_framing() { return in_.reader().framing(); }
  const Fields& response_trailers() { return in_.reader().trailers(); }
  /// The next piece of the body, until the next call; empty at its end.
  asio::awaitable<std::string_view> body();
  void limit_body(std::uint64_t bytes) { in_.reader().limit_body(bytes); }
  /// Likewise, without waiting; nothing where it would have to.
  std::optional<std::string_view> body_at_hand() { return in_.body_at_hand(); }

  /// Whether request and answer are complete, and the peer did not say that it would be the last, nor anything behind
  /// it: that would be taken for the answer to another request.
  bool is_reusable() const { return is_sent_ && in_.is_complete() && !in_.has_rest() && was_answered_ && !is_last_; }
  /// Requests that were begun.
  unsigned requests() const { return requests_; }
  /// After 101, or 2xx to CONNECT: the bytes that came behind the head.
  std::string become_tunnel();

 private:
  std::unique_ptr<Transport> transport_;
  Incoming<ResponseReader> in_;
  Outgoing out_;
  std::string method_;
  unsigned requests_ = 0;
  bool is_sent_ = true;
  bool was_answered_ = false;
  bool is_last_ = false;
};

}  // namespace wireproof::http
