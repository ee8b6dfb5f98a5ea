#pragma once
// A request handed to the next hop while its body comes, and the answer as that comes: both at once, nothing held
// whole.

#include <functional>
#include <optional>
#include <string_view>

#include "http/server_connection.hpp"
#include "http_forwarding/next_hop.hpp"
#include "http_forwarding/request_body.hpp"
#include "http_forwarding/upstream_pool.hpp"

namespace wireproof::http_forwarding {

/// The final answer of the next hop. What waits throws UpstreamError; http::Broken with Cause::stopped alone.
class UpstreamAnswer {
 public:
  explicit UpstreamAnswer(http::ClientConnection& connection) : connection_(connection) {}

  const http::ResponseHead& head() const { return connection_.response(); }
  /// How long its body is; Kind::none also for what has none by its nature (HEAD, 204, 304).
  const http::Framing& framing() const { return connection_.response_framing(); }
  /// The next piece of the body, until the next call; empty at its end.
  asio::awaitable<std::string_view> body();
  /// Likewise, without waiting; nothing where it would have to: what was taken should be on its way before.
  std::optional<std::string_view> body_at_hand();
  /// After the end.
  const http::Fields& trailers() const { return connection_.response_trailers(); }
  http::ClientConnection& connection() { return connection_; }

 private:
  http::ClientConnection& connection_;
};

/// What is done with what comes.
struct AnswerHooks {
  /// With each answer of 1xx but 100 and 101. Empty: they are dropped.
  std::function<asio::awaitable<void>(const http::ResponseHead&)> interim{};
  /// With the final answer, once; what it does not take of the body ends the connection.
  std::function<asio::awaitable<void>(UpstreamAnswer)> answer;
};

/// One attempt. `head`: as next_request() made it; what goes before the body is told by `body`, null or not there: no
/// body. Expect: 100-continue is waited for before the body is taken, for a second (RFC 9110, 10.1.1). An answer that
/// comes before all of the body has gone ends the sending when it is complete. Throws UpstreamError, http::Broken (the
/// client's doing), and what the hooks throw.
asio::awaitable<void> exchange(Upstream& upstream, http::RequestHead head, RequestBody* body, const AnswerHooks& hooks);

/// Likewise, on a connection of the pool, which gets it back. Where that was used before, and ended without a word, a
/// request that is idempotent and whose body is held is sent once more, on a new one.
asio::awaitable<void> forward(UpstreamPool& pool, const Authority& authority, const http::RequestHead& head,
                              RequestBody* body, const AnswerHooks& hooks);

/// How an answer's body is told to the one who asked, given the head that came and how long it is.
http::Framing framing_for_client(const http::ResponseHead& head, const http::Framing& came);

/// Hands the answer to the client: its head as `head` has it (previous_response()), then each piece as it comes, in the
/// client's time. When the next hop breaks off in the middle, the client gets a reset, since no other end would tell it
/// in all framings, and UpstreamError is thrown.
asio::awaitable<void> relay_answer(UpstreamAnswer answer, http::ResponseHead head, http::ServerConnection& client);

}  // namespace wireproof::http_forwarding
