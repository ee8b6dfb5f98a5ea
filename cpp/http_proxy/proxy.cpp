#include "http_proxy/proxy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "command_line/program.hpp"
#include "http_forwarding/next_hop.hpp"
#include "http_forwarding/request_body.hpp"
#include "http_forwarding/tunnel.hpp"
#include "http_proxy/asked.hpp"
#include "http_proxy/moment.hpp"
#include "http_proxy/proxy_status.hpp"

namespace wireproof::http_proxy {

using http::Broken;
using http::Cause;
using http::Framing;
using http_forwarding::AnswerHooks;
using http_forwarding::UpstreamAnswer;
using http_forwarding::UpstreamError;

Proxy::Proxy(Loop& loop, Deadlines& deadlines, const ProxyOptions& options, http_cache::Store& store,
             http_serving::LogFile* log)
    : loop_(loop),
      options_(options),
      store_(store),
      log_(log),
      pool_(loop, deadlines, options.upstream),
      chance_(std::random_device{}()) {}

Report Proxy::report() const {
  return {.counters = counters_,
          .clients = connection_server_->counters(),
          .upstream = pool_.counters(),
          .store = store_.counters(),
          .open = connection_server_->connections(),
          .idle = pool_.idle(),
          .store_size = store_.size(),
          .store_most = store_.most(),
          .entries = store_.entries()};
}

std::string Proxy::boundary() { return fmt::format("{:016x}{:016x}", chance_(), chance_()); }

/// With what each answer tells of the way that it came.
http::ResponseHead Proxy::finished(http::ResponseHead head, const CacheStatus* status) const {
  head = http_forwarding::previous_response(head, options_.hop);
  // RFC 9110, 6.6.1: who has a clock tells when it came.
  if (!head.fields.has("Date")) head.fields.add("Date", http::http_date(seconds_now()));
  if (status != nullptr) http_cache::add_cache_status(head.fields, *status, options_.hop.pseudonym);
  return head;
}

http::ResponseHead Proxy::page_head(unsigned status, std::string_view type, std::string_view error) const {
  http::ResponseHead head{.status = status};
  head.fields.add("Date", http::http_date(seconds_now()));
  head.fields.add("Content-Type", type);
  head.fields.add("Cache-Control", "no-store");
  if (status == 405) head.fields.add("Allow", "GET, HEAD, OPTIONS");
  if (!error.empty()) head.fields.add("Proxy-Status", proxy_status(options_.hop.pseudonym, error));
  return head;
}

void Proxy::begin(Asked& asked, http::ResponseHead head, Framing framing) {
  asked.status = head.status;
  asked.client.begin(std::move(head), framing);
}

asio::awaitable<void> Proxy::answer(http::ServerConnection& client, const Address& address) {
  Asked asked(client, address);
  client.limit_body(options_.most_body);
  const std::uint64_t before = client.body_sent();
  std::optional<Broken> broken;
  std::optional<UpstreamError> failed;
  try {
    co_await answer(asked);
  } catch (const Broken& error) {
    broken = error;
  } catch (const UpstreamError& error) {
    failed = error;
  }
  if (failed) {
    ++counters_.origin_failed;
    // Half an answer is told by the connection's end.
    if (client.has_begun()) {
      client.transport().reset();
    } else {
      co_await answer_failure(asked, *failed);
    }
  }
  if (asked.status != 0) note(asked, client.body_sent() - before);
  if (broken) throw *broken;
}

asio::awaitable<void> Proxy::answer(Asked& asked) {
  const http::RequestHead& request = asked.request();
  const Route route = route_of(request, options_.routes, asked.address.is_loopback());
  if (route.kind == Route::Kind::tunnel) {
    co_await tunnel(asked, route.authority);
  } else if (route.kind != Route::Kind::forward) {
    co_await answer_by_itself(asked, route);
  } else if ((request.method == "GET" || request.method == "HEAD") && !asked.client.has_unread_body()) {
    co_await answer_cached(asked, route);
  } else {
    co_await hand_on(asked, route);
  }
}

asio::awaitable<void> Proxy::answer_by_itself(Asked& asked, Route route) {
  std::string body;
  http::ResponseHead head;
  switch (route.kind) {
    case Route::Kind::status:
      body = route.is_json ? json_of(report()).text() + "\n" : status_page(report(), options_.hop.pseudonym);
      head = page_head(200, route.is_json ? "application/json" : "text/html; charset=utf-8", "");
      break;
    case Route::Kind::options:
      head = page_head(200, "text/plain; charset=utf-8", "");
      head.fields.add("Allow", options_.routes.origin ? "GET, HEAD, OPTIONS, TRACE, POST, PUT, DELETE, PATCH"
                                                      : "GET, HEAD, OPTIONS, TRACE, CONNECT, POST, PUT, DELETE, PATCH");
      break;
    case Route::Kind::trace:
      head = page_head(200, "message/http", "");
      body = traced(asked.request());
      break;
    default:
      co_await answer_page(asked, route.refusal.status, route.refusal.reason, error_type(route.refusal.status));
      co_return;
  }
  begin(asked, std::move(head), Framing::of_length(body.size()));
  asked.client.put(body);
  co_await asked.client.finish();
}

asio::awaitable<void> Proxy::answer_page(Asked& asked, unsigned status, std::string words, std::string_view error) {
  const std::string page = http_serving::error_page(status, words);
  begin(asked, page_head(status, "text/html; charset=utf-8", error), Framing::of_length(page.size()));
  asked.client.put(page);
  co_await asked.client.finish();
}

asio::awaitable<void> Proxy::answer_failure(Asked& asked, UpstreamError error) {
  return answer_page(asked, error.status(), error.what(), error_type(error.cause()));
}

asio::awaitable<void> Proxy::refuse(http::ServerConnection& client, const Address& address, http::Refusal refusal) {
  Asked asked(client, address);
  const std::string page = http_serving::error_page(refusal.status, refusal.reason);
  const std::uint64_t before = client.body_sent();
  const std::string_view error = refusal.status == 408 ? "" : "http_request_error";
  const bool was_answered = co_await client.refuse(page_head(refusal.status, "text/html; charset=utf-8", error), page);
  if (!was_answered) co_return;
  asked.status = refusal.status;
  note(asked, client.body_sent() - before);
}

asio::awaitable<void> Proxy::tunnel(Asked& asked, Authority authority) {
  ++counters_.tunnels;
  http_forwarding::Upstream upstream = co_await pool_.take(authority, true);
  http::ResponseHead established;
  established.reason = "Connection established";
  begin(asked, std::move(established), Framing{});
  co_await asked.client.finish();
  http_forwarding::TunnelBytes bytes;
  std::optional<Broken> broken;
  bool was_idle = false;
  try {
    co_await http_forwarding::tunnel(asked.client.transport(), upstream.connection().transport(),
                                     asked.client.become_tunnel(), std::string(), options_.tunnel_idle, bytes);
  } catch (const Broken& error) {
    broken = error;
  } catch (const Failure&) {
    was_idle = true;
  }
  counters_.tunnel_up_bytes += bytes.up;
  counters_.tunnel_down_bytes += bytes.down;
  // The one side learns that the other is gone.
  if (broken || was_idle) {
    asked.client.transport().reset();
    upstream.connection().transport().reset();
  }
}

/// With other methods than GET and HEAD, or with a body: at the pace of both sides, and nothing is stored.
asio::awaitable<void> Proxy::hand_on(Asked& asked, const Route& route) {
  ++counters_.forwarded;
  http_forwarding::RequestBody body(asked.client);
  // With a body, GET means what nobody knows.
  const bool is_odd = asked.request().method == "GET" || asked.request().method == "HEAD";
  const auto key = is_odd ? std::nullopt : http_cache::cache_key(asked.request(), "http");
  const http_cache::RequestPlan plan = planned(asked, key);
  auto next =
      http_forwarding::next_request(plan.forward, route.target, route.host, options_.hop, previous_hop(asked.address));
  if (auto* const refusal = std::get_if<http::Refusal>(&next)) {
    co_await answer_page(asked, refusal->status, refusal->reason, error_type(refusal->status));
    co_return;
  }
  HandingOn handing{plan, asked.request(), key, seconds_now()};
  const AnswerHooks hooks = hooks_of(asked, handing);
  co_await http_forwarding::forward(pool_, route.authority, std::get<http::RequestHead>(next), &body, hooks);
}

AnswerHooks Proxy::hooks_of(Asked& asked, const HandingOn& handing) {
  return {[this, &asked](const http::ResponseHead& head) {
            return asked.client.interim(http_forwarding::previous_response(head, options_.hop));
          },
          [this, &asked, &handing](UpstreamAnswer answer) {
            const http_cache::Exchange exchange{handing.request, handing.key, handing.requested, seconds_now()};
            const auto plan = http_cache::plan_response(handing.plan, exchange, answer.head(), options_.policy);
            apply(plan);
            asked.status = answer.head().status;
            return http_forwarding::relay_answer(answer, finished(answer.head(), &plan.status), asked.client);
          }};
}

void Proxy::note(const Asked& asked, std::uint64_t bytes) {
  ++counters_.statuses[std::min<std::size_t>(asked.status / 100, counters_.statuses.size() - 1)];
  counters_.body_bytes += bytes;
  if (log_ == nullptr) return;
  http_serving::Access access{
      .client = asked.address.host(), .time = seconds_now(), .status = asked.status, .bytes = bytes};
  const http::RequestHead& request = asked.request();
  if (!request.method.empty()) {
    access.request_line = http_serving::request_line(request);
    access.referer = request.fields.value("Referer");
    access.user_agent = request.fields.value("User-Agent");
  }
  log_->add(http_serving::log_line(access));
}

}  // namespace wireproof::http_proxy
