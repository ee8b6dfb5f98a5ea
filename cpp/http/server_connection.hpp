#pragma once
// A server's side of a connection: requests one after another, answers, and when it must end (RFC 9112, 9).

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/incoming.hpp"
#include "http/outgoing.hpp"

namespace wireproof::http {

/// All that waits throws Broken.
class ServerConnection {
 public:
  ServerConnection(std::unique_ptr<Transport> transport, const Limits& limits, const Timeouts& timeouts);

  Transport& transport() { return *transport_; }

  /// Waits for the next request; what its predecessor's body left is dropped. False when no further one comes. What is
  /// thrown as refused or timed_out is to be answered by refuse().
  asio::awaitable<bool> next();
  /// Until next().
  const RequestHead& request() const { return request_; }
  const Framing& request_framing() { return in_.reader().framing(); }
  const Fields& request_trailers() { return in_.reader().trailers(); }
  /// The next piece of the request's body, until the next call; empty at its end. Sends 100 Continue first, where that
  /// is waited for.
  asio::awaitable<std::string_view> body();
  /// Bytes of bodies of this request that are taken; more: 413. Before body().
  void limit_body(std::uint64_t bytes) { in_.reader().limit_body(bytes); }
  /// Whether the request has a body of which something was not taken yet.
  bool has_unread_body() const { return !in_.is_complete(); }

  /// Whether the client waits for 100 Continue before it sends its body.
  bool waits_for_continue() const { return waits_for_continue_; }
  /// Sends that now, if it is waited for.
  asio::awaitable<void> send_continue();
  /// 103, say. Nothing to HTTP/1.0, which knows none.
  asio::awaitable<void> interim(ResponseHead head);
  /// Begins the answer. Sets Connection, and Content-Length or Transfer-Encoding: a body of unknown length (chunked)
  /// lasts until the connection's end in HTTP/1.0. Of the answer to HEAD, and with 204 and 304, the body is left out:
  /// put(), write() and send_file() do nothing.
  void begin(ResponseHead head, Framing framing);
  /// A piece that goes with the next one, or with the end.
  void put(std::string_view piece);
  /// A piece that goes now.
  asio::awaitable<void> write(std::string_view piece);
  /// The one or the other, as much as has come together.
  asio::awaitable<void> put_or_write(std::string_view piece);
  asio::awaitable<void> send_file(int file, std::uint64_t offset, std::uint64_t length);
  asio::awaitable<void> flush() { return out_.flush(); }
  asio::awaitable<void> finish(const Fields& trailers = {});
  /// All of it; the head needs no framing.
  asio::awaitable<void> answer(ResponseHead head, std::string_view body);

  /// An answer to what was not understood, the last one. Never throws. False when an answer had begun already, or
  /// nobody can be answered.
  asio::awaitable<bool> refuse(ResponseHead head, std::string_view body);
  /// Whether the answer to this request has begun.
  bool has_begun() const { return has_begun_; }
  /// Whether the answer that has begun has a body that is sent.
  bool sends_body() const { return has_body_; }
  /// Bytes of bodies that the system has taken, of all answers.
  std::uint64_t body_sent() const { return out_.body_sent(); }
  /// The answer that is begun next, or has not ended, is the last.
  void set_last() { is_last_ = true; }
  /// Whether another request may come.
  bool is_reusable() const { return !is_last_ && !is_answering_; }
  /// Between requests: nothing is lost when it ends now.
  bool is_idle() const { return is_idle_; }
  /// Ends it in order: FIN, then waits for the peer's, for Timeouts::linger at most. Never throws.
  asio::awaitable<void> close();
  /// After an answer of 101, or 2xx to CONNECT: the bytes that came behind the request.
  std::string become_tunnel();

 private:
  std::unique_ptr<Transport> transport_;
  Incoming<RequestReader> in_;
  Outgoing out_;
  RequestHead request_;
  bool waits_for_continue_ = false;
  bool is_last_ = false;
  bool is_idle_ = true;
  bool is_answering_ = false;
  bool has_begun_ = false;  ///< the answer to this request
  bool has_body_ = false;   ///< the answer
};

}  // namespace wireproof::http
