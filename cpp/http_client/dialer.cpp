#include "http_client/dialer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "net/connect_first.hpp"
#include "net/resolve_within.hpp"
#include "text/utf8.hpp"

namespace wireproof::http_client {
namespace {

using boost::system::error_code;

Cause cause_of(const error_code& error) {
  if (error == asio::error::connection_refused) return Cause::refused;
  if (error == asio::error::timed_out) return Cause::time_out;
  if (error == asio::error::connection_reset) return Cause::reset;
  return Cause::unreachable;
}

/// All attempts in the message; the cause is the last one's that came to a host.
FetchError error_of(const FirstConnection& none) {
  std::string words;
  Cause cause = Cause::unreachable;
  for (const auto& attempt : none.failed) {
    words += fmt::format("{}connect to {}: {}", words.empty() ? "" : "; ", name_of(attempt.address),
                         attempt.error.message());
    if (cause_of(attempt.error) != Cause::unreachable) cause = cause_of(attempt.error);
  }
  return {cause, words};
}

}  // namespace

asio::awaitable<Dialed> Dialer::dial(const url::HttpUrl& url, bool is_new) {
  const url::HttpUrl& server = proxy_ ? *proxy_ : url;
  const std::string host = server.host_to_resolve();
  const std::string key = fmt::format("{} {}", host, server.port);
  std::optional<Dialed> kept = std::exchange(kept_, std::nullopt);
  if (!is_new && kept && kept->key == key && !kept->connection->transport().is_spoilt()) {
    kept->is_reused = true;
    co_return std::move(*kept);
  }
  kept.reset();

  std::optional<std::vector<Address>> addresses;
  try {
    addresses = co_await resolve_within(loop_.context(), host, server.port, timeout_);
  } catch (const Failure& failure) {
    throw FetchError(Cause::unresolved, failure.what());
  }
  if (!addresses) {
    throw FetchError(Cause::time_out, fmt::format("find the address of '{}': no answer within {} s", printable(host),
                                                  in_seconds(timeout_)));
  }
  const Time until = timeout_ == kNever ? kNever : timeout_;
  FirstConnection first = co_await connect_first(loop_.context(), std::move(*addresses), until);
  if (!first.socket) throw error_of(first);
  const std::string peer = name_of(first.address);
  // How long nothing may come is for the fetcher to say: beyond these, it would depend on how much came before.
  const http::Timeouts timeouts{.idle = timeout_, .head = timeout_, .body = kNever, .write = timeout_};
  co_return Dialed{std::make_unique<http::ClientConnection>(
                       std::make_unique<http::Transport>(loop_, deadlines_, std::move(*first.socket), peer),
                       http::Limits{}, timeouts),
                   peer, key};
}

void Dialer::keep(Dialed dialed) {
  if (dialed.connection->is_reusable()) kept_ = std::move(dialed);
}

}  // namespace wireproof::http_client
