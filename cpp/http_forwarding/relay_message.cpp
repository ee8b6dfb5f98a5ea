#include "http_forwarding/relay_message.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>
#include <vector>

namespace wireproof::http_forwarding {

using http::Broken;
using http::Cause;
using http::Framing;

// In no unnamed namespace, since coroutines' frames have them.

/// What has been sent of a request's body.
struct Sending {
  Time moved{0};  ///< when some of it went last
  bool is_over = true;
};

/// Thrown when the answer is complete before the request is, to end the sending.
struct AnswerIsComplete {};

namespace {

constexpr unsigned kMostInterim = 20;
/// How long 100 Continue is waited for: servers that know nothing of it send none (RFC 9110, 10.1.1).
constexpr Time kContinue = std::chrono::seconds(1);

/// `began`: something of the answer was there already.
UpstreamError error_of(const Broken& broken, bool began) {
  switch (broken.cause()) {
    case Cause::timed_out:
      return {UpstreamCause::timed_out, broken.what()};
    case Cause::refused:
      return {UpstreamCause::malformed, broken.what()};
    case Cause::truncated:
      return {UpstreamCause::truncated, broken.what()};
    default:
      return {began ? UpstreamCause::truncated : UpstreamCause::reset, broken.what()};
  }
}

[[noreturn]] void rethrow(const Broken& broken, bool began) {
  if (broken.cause() == Cause::stopped) throw broken;
  throw error_of(broken, began);
}

/// Until all of it has gone, or the peer takes no more: it may have answered already.
asio::awaitable<void> send_body(http::ClientConnection& connection, RequestBody& body, Sending& sending) {
  for (bool is_taken = true; is_taken;) {
    const std::string_view piece = co_await body.next();
    sending.moved = connection.transport().loop().now();
    try {
      if (!piece.empty()) {
        co_await connection.write(piece);
      } else {
        co_await connection.finish(next_trailers(body.trailers()));
      }
    } catch (const Broken& broken) {
      if (broken.cause() != Cause::network) rethrow(broken, false);
      is_taken = false;
    }
    sending.moved = connection.transport().loop().now();
    if (piece.empty()) break;
  }
  sending.is_over = true;
}

asio::awaitable<void> send_without_body(http::ClientConnection& connection) {
  try {
    co_await connection.finish();
  } catch (const Broken& broken) {
    if (broken.cause() != Cause::network) rethrow(broken, false);
  }
}

/// The next head. `began`: one of 1xx came before.
asio::awaitable<void> next_head(http::ClientConnection& connection, const Sending& sending, bool began) {
  for (;;) {
    const Time moved = sending.moved;
    bool came = false;
    bool waits_on = false;
    try {
      came = co_await connection.next();
    } catch (const Broken& broken) {
      // As long as the request is on its way nobody owes an answer.
      waits_on = broken.cause() == Cause::timed_out && broken.refusal().status == 504 && sending.moved != moved;
      if (!waits_on) rethrow(broken, began);
    }
    if (waits_on) continue;
    if (came) co_return;
    throw UpstreamError(began ? UpstreamCause::truncated : UpstreamCause::closed,
                        fmt::format("{} closed the connection without an answer", connection.transport().peer()));
  }
}

/// Takes the answer from the next head on, which may be there already.
asio::awaitable<void> take_answer(http::ClientConnection& connection, Sending& sending, unsigned& interim, bool is_here,
                                  const AnswerHooks& hooks) {
  for (;; is_here = false) {
    if (!is_here) co_await next_head(connection, sending, interim > 0);
    const http::ResponseHead& head = connection.response();
    if (head.status == 101) {
      throw UpstreamError(UpstreamCause::malformed,
                          connection.transport().peer() + ": 101 Switching Protocols, which was not asked for");
    }
    if (head.status >= 200) break;
    if (++interim > kMostInterim) {
      throw UpstreamError(UpstreamCause::malformed,
                          fmt::format("{}: more than {} answers of 1xx", connection.transport().peer(), kMostInterim));
    }
    if (head.status != 100 && hooks.interim) co_await hooks.interim(head);
  }
  co_await hooks.answer(UpstreamAnswer(connection));
}

/// Whether an answer, or one of 1xx, begins before the body should be sent all the same.
asio::awaitable<bool> answers_within(http::Transport& transport, Time patience) {
  try {
    co_await transport.readable(transport.loop().now() + patience);
  } catch (const Broken& broken) {
    if (broken.cause() == Cause::timed_out) co_return false;
    rethrow(broken, false);
  }
  co_return true;
}

asio::awaitable<void> take_answer_and_end(http::ClientConnection& connection, Sending& sending, unsigned& interim,
                                          const AnswerHooks& hooks) {
  co_await take_answer(connection, sending, interim, false, hooks);
  if (!sending.is_over) throw AnswerIsComplete();
}

/// Sends the body while the answer is taken.
asio::awaitable<void> both_ways(http::ClientConnection& connection, RequestBody& body, unsigned& interim,
                                const AnswerHooks& hooks) {
  Sending sending{connection.transport().loop().now(), false};
  std::vector<asio::awaitable<void>> parts;
  parts.push_back(send_body(connection, body, sending));
  parts.push_back(take_answer_and_end(connection, sending, interim, hooks));
  try {
    co_await together(std::move(parts));
  } catch (const AnswerIsComplete&) {
  }
}

/// The client asks whether it should send its body: the next hop is asked, for a while. Whether its final answer is
/// there.
asio::awaitable<bool> ask_first(http::ClientConnection& connection, RequestBody& body, unsigned& interim,
                                const AnswerHooks& hooks) {
  const Sending nothing;
  try {
    co_await connection.flush();
  } catch (const Broken& broken) {
    rethrow(broken, false);
  }
  const Time until = connection.transport().loop().now() + kContinue;
  for (;;) {
    const bool answers = co_await answers_within(connection.transport(), until - connection.transport().loop().now());
    if (!answers) break;
    co_await next_head(connection, nothing, interim > 0);
    const unsigned status = connection.response().status;
    if (status == 100) break;
    if (status == 101 || status >= 200 || ++interim > kMostInterim) co_return true;
    if (hooks.interim) co_await hooks.interim(connection.response());
  }
  co_await body.client().send_continue();
  co_return false;
}

}  // namespace

asio::awaitable<std::string_view> UpstreamAnswer::body() {
  std::string_view piece;
  try {
    piece = co_await connection_.body();
  } catch (const Broken& broken) {
    rethrow(broken, true);
  }
  co_return piece;
}

std::optional<std::string_view> UpstreamAnswer::body_at_hand() {
  try {
    return connection_.body_at_hand();
  } catch (const Broken& broken) {
    rethrow(broken, true);
  }
}

asio::awaitable<void> exchange(Upstream& upstream, http::RequestHead head, RequestBody* body,
                               const AnswerHooks& hooks) {
  http::ClientConnection& connection = upstream.connection();
  unsigned interim = 0;
  Sending sending;
  const Framing framing = body != nullptr ? body->framing() : Framing{};
  const bool has_body = body != nullptr && body->is_there();
  const bool asks = has_body && body->client().waits_for_continue();
  if (!asks && head.fields.lists("Expect", "100-continue")) head.fields.erase("Expect");
  connection.begin(std::move(head), framing);
  if (!has_body) {
    co_await send_without_body(connection);
    co_await take_answer(connection, sending, interim, false, hooks);
    co_return;
  }
  bool is_answered = false;
  if (asks) is_answered = co_await ask_first(connection, *body, interim, hooks);
  if (is_answered) {
    co_await take_answer(connection, sending, interim, true, hooks);
  } else {
    co_await both_ways(connection, *body, interim, hooks);
  }
}

asio::awaitable<void> forward(UpstreamPool& pool, const Authority& authority, const http::RequestHead& head,
                              RequestBody* body, const AnswerHooks& hooks) {
  const bool may_repeat = is_idempotent(head.method);
  // What must not be sent twice is not sent where its fate might be unknown.
  for (bool is_new = !may_repeat;; is_new = true) {
    Upstream upstream = co_await pool.take(authority, is_new);
    bool again = false;
    try {
      co_await exchange(upstream, head, body, hooks);
    } catch (const UpstreamError& error) {
      again = upstream.is_reused() && error.without_answer() && may_repeat && (body == nullptr || body->can_repeat());
      if (!again) throw;
    }
    if (!again) {
      pool.give_back(std::move(upstream));
      co_return;
    }
    if (body != nullptr) body->repeat();
  }
}

Framing framing_for_client(const http::ResponseHead& head, const Framing& came) {
  if (came.kind == Framing::Kind::until_close) return Framing::chunked();
  if (came.kind != Framing::Kind::none) return came;
  // Of HEAD: as the body would have been told.
  const auto told = http::framing_of(head, "GET");
  const auto* const framing = std::get_if<Framing>(&told);
  return framing == nullptr || framing->kind == Framing::Kind::until_close ? Framing{} : *framing;
}

asio::awaitable<void> relay_answer(UpstreamAnswer answer, http::ResponseHead head, http::ServerConnection& client) {
  client.begin(std::move(head), framing_for_client(answer.head(), answer.framing()));
  try {
    for (;;) {
      std::optional<std::string_view> piece = answer.body_at_hand();
      if (!piece) {
        co_await client.flush();
        piece = co_await answer.body();
      }
      if (piece->empty()) break;
      co_await client.put_or_write(*piece);
    }
  } catch (const UpstreamError&) {
    client.transport().reset();
    throw;
  }
  co_await client.finish(next_trailers(answer.trailers()));
}

}  // namespace wireproof::http_forwarding
