#include "http/client_connection.hpp"

#include <utility>

namespace wireproof::http {

ClientConnection::ClientConnection(std::unique_ptr<Transport> transport, const Limits& limits, const Timeouts& timeouts)
    : transport_(std::move(transport)), in_(*transport_, limits, timeouts), out_(*transport_, timeouts.write) {}

void ClientConnection::begin(RequestHead head, Framing framing) {
  frame(head.fields, framing);
  in_.reader().expect(head.method);
  if (!keeps_alive(head.version, head.fields)) is_last_ = true;
  out_.begin(head, framing);
  ++requests_;
  is_sent_ = was_answered_ = false;
}

asio::awaitable<void> ClientConnection::finish(const Fields& trailers) {
  co_await out_.finish(trailers);
  is_sent_ = true;
}

asio::awaitable<bool> ClientConnection::next() {
  if (!co_await in_.next()) {
    is_last_ = true;
    co_return false;
  }
  const bool is_interim = response().status < 200 && response().status != 101;
  if (is_interim) co_return true;
  was_answered_ = true;
  const Framing& framing = in_.reader().framing();
  if (framing.kind == Framing::Kind::until_close || !keeps_alive(response().version, response().fields)) {
    is_last_ = true;
  }
  co_return true;
}

asio::awaitable<std::string_view> ClientConnection::body() { return in_.body(); }

std::string ClientConnection::become_tunnel() {
  is_last_ = true;
  return in_.take_rest();
}

}  // namespace wireproof::http
