#include "http/server_connection.hpp"

#include <utility>

namespace wireproof::http {
namespace {

/// Of a body that nobody wanted: so much is read for the sake of the next request; more ends the connection.
constexpr std::uint64_t kDropped = 64 * 1024;

// Not in a coroutine: GCC 12 destroys some temporaries of braces twice there (GCC bug 102217).
ResponseHead continue_head() { return {.status = 100}; }

}  // namespace

ServerConnection::ServerConnection(std::unique_ptr<Transport> transport, const Limits& limits, const Timeouts& timeouts)
    : transport_(std::move(transport)), in_(*transport_, limits, timeouts), out_(*transport_, timeouts.write) {}

asio::awaitable<bool> ServerConnection::next() {
  if (!is_reusable()) co_return false;
  while (!in_.is_complete()) {
    if (in_.reader().body_bytes() > kDropped) {
      is_last_ = true;
      co_return false;
    }
    co_await in_.body();
  }
  has_begun_ = false;
  is_idle_ = true;
  const bool came = co_await in_.next();
  if (!came) co_return false;
  is_idle_ = false;
  request_ = std::move(in_.head());
  if (!keeps_alive(request_.version, request_.fields)) is_last_ = true;
  // RFC 9110, 10.1.1: of HTTP/1.0 it is to be ignored.
  waits_for_continue_ =
      request_.version == Version::http11 && request_.fields.lists("Expect", "100-continue") && !in_.is_complete();
  co_return true;
}

asio::awaitable<std::string_view> ServerConnection::body() {
  if (!in_.reader().refuses_body()) co_await send_continue();
  co_return co_await in_.body();
}

asio::awaitable<void> ServerConnection::send_continue() {
  if (!waits_for_continue_ || has_begun_) co_return;
  waits_for_continue_ = false;
  out_.interim(continue_head());
  co_await out_.flush();
}

asio::awaitable<void> ServerConnection::interim(ResponseHead head) {
  if (request_.version == Version::http10) co_return;
  out_.interim(head);
  co_await out_.flush();
}

void ServerConnection::begin(ResponseHead head, Framing framing) {
  const bool is_tunnel = request_.method == "CONNECT" && head.status / 100 == 2;
  const bool without = head.status < 200 || head.status == 204 || is_tunnel;
  if (framing.kind == Framing::Kind::chunked && request_.version == Version::http10) framing = Framing::until_close();
  has_body_ = request_.method != "HEAD" && !without && head.status != 304;
  if (framing.kind == Framing::Kind::until_close && has_body_) is_last_ = true;
  // A client that waits for 100 may send its body all the same, or not: nobody can tell what comes next. What is left
  // of a long body costs more to read than a new connection.
  const Framing& asked = in_.reader().framing();
  const bool is_long = asked.kind == Framing::Kind::length && asked.length - in_.reader().body_bytes() > kDropped;
  if (!in_.is_complete() && (waits_for_continue_ || is_long)) is_last_ = true;
  waits_for_continue_ = false;
  head.version = Version::http11;
  if (without) {
    frame(head.fields, Framing{});
  } else if (head.status != 304) {
    frame(head.fields, framing);
  }
  if (!is_tunnel && head.status != 101) {
    if (is_last_) {
      head.fields.set("Connection", "close");
    } else if (request_.version == Version::http10) {
      head.fields.set("Connection", "keep-alive");
    }
  }
  out_.begin(head, has_body_ ? framing : Framing{});
  has_begun_ = is_answering_ = true;
}

void ServerConnection::put(std::string_view piece) {
  if (has_body_) out_.put(piece);
}

asio::awaitable<void> ServerConnection::write(std::string_view piece) {
  if (has_body_) co_await out_.write(piece);
}

asio::awaitable<void> ServerConnection::put_or_write(std::string_view piece) {
  put(piece);
  if (out_.is_much()) co_await flush();
}

asio::awaitable<void> ServerConnection::send_file(int file, std::uint64_t offset, std::uint64_t length) {
  if (has_body_) co_await out_.send_file(file, offset, length);
}

asio::awaitable<void> ServerConnection::finish(const Fields& trailers) {
  co_await out_.finish(trailers);
  is_answering_ = false;
}

asio::awaitable<void> ServerConnection::answer(ResponseHead head, std::string_view body) {
  begin(std::move(head), Framing::of_length(body.size()));
  put(body);
  co_await finish();
}

asio::awaitable<bool> ServerConnection::refuse(ResponseHead head, std::string_view body) {
  is_last_ = true;
  is_idle_ = false;
  if (has_begun_ || transport_->is_aborted()) co_return false;
  if (!in_.is_complete()) {
    waits_for_continue_ = false;
  } else {
    request_ = {};  // what it asked for is not known, nor whether it was HEAD
  }
  try {
    co_await answer(std::move(head), body);
    co_return true;
  } catch (const Failure&) {
    co_return false;
  }
}

asio::awaitable<void> ServerConnection::close() {
  if (transport_->is_aborted()) co_return;
  transport_->end();
  // What was not read, and closed, is a reset, which destroys the answer on its way.
  if (!is_idle_ && !in_.has_ended()) co_await in_.linger();
}

std::string ServerConnection::become_tunnel() {
  is_last_ = true;
  return in_.take_rest();
}

}  // namespace wireproof::http
