// What origins are asked, and what becomes of their answers.

#include <fmt/format.h>

#include <exception>
#include <utility>

#include "command_line/program.hpp"
#include "http_forwarding/next_hop.hpp"
#include "http_proxy/asked.hpp"
#include "http_proxy/moment.hpp"
#include "http_proxy/proxy.hpp"

namespace wireproof::http_proxy {

using http::Framing;
using http_cache::RequestPlan;
using http_cache::ResponsePlan;
using http_forwarding::UpstreamAnswer;
using http_forwarding::UpstreamCause;
using http_forwarding::UpstreamError;

namespace {

/// How often an origin is asked for one client: an answer may fit nothing, and be asked for once more.
constexpr unsigned kMostAttempts = 3;

}  // namespace

std::variant<FetchPointer, http::Refusal> Proxy::make_fetch(const Asked& asked, const Route& route,
                                                            const RequestPlan& plan) {
  auto next =
      http_forwarding::next_request(plan.forward, route.target, route.host, options_.hop, previous_hop(asked.address));
  if (auto* const refusal = std::get_if<http::Refusal>(&next)) return std::move(*refusal);
  auto fetch = std::make_shared<Fetch>(loop_.context(), asked.request(), plan);
  fetch->key = http_cache::cache_key(asked.request(), "http");
  fetch->authority = route.authority;
  fetch->head = std::get<http::RequestHead>(std::move(next));
  if (fetch->key && plan.may_lead) {
    fetch->is_listed = true;
    fetches_[*fetch->key].push_back(fetch);
  }
  return fetch;
}

void Proxy::revalidate_behind(const Asked& asked, const Route& route, const RequestPlan& plan) {
  const std::string& key = plan.stored->key;
  if (revalidating_.contains(key)) return;
  auto made = make_fetch(asked, route, plan);
  auto* const fetch = std::get_if<FetchPointer>(&made);
  if (fetch == nullptr) return;
  revalidating_.insert(key);
  ++counters_.background;
  loop_.spawn(run_fetch(*fetch));
}

asio::awaitable<void> Proxy::run_fetch(FetchPointer fetch) {
  do {
    co_await attempt(fetch);
  } while (fetch->asks_again);
  if (!fetch->key) co_return;
  revalidating_.erase(*fetch->key);
  if (!fetch->is_listed) co_return;
  const auto found = fetches_.find(*fetch->key);
  found->second.remove(fetch);
  if (found->second.empty()) fetches_.erase(found);
}

asio::awaitable<void> Proxy::attempt(FetchPointer fetch) {
  const http_forwarding::AnswerHooks hooks = hooks_of(fetch);
  fetch->asks_again = false;
  ++fetch->attempts;
  ++counters_.fetched;
  fetch->requested = seconds_now();
  std::optional<UpstreamError> error;
  try {
    co_await http_forwarding::forward(pool_, fetch->authority, fetch->head, nullptr, hooks);
  } catch (const UpstreamError& failed) {
    error = failed;
  } catch (const std::exception& failed) {
    // Stopped, or a mistake: whoever waits is told.
    error.emplace(UpstreamCause::closed, failed.what());
  }
  if (error) settle(*fetch, *error);
  fetch->changed.happen();
}

http_forwarding::AnswerHooks Proxy::hooks_of(FetchPointer fetch) {
  http_forwarding::AnswerHooks hooks;
  hooks.interim = [fetch](const http::ResponseHead& head) -> asio::awaitable<void> {
    fetch->interim.push_back(head);
    fetch->changed.happen();
    co_return;
  };
  hooks.answer = [this, fetch](UpstreamAnswer answer) { return take(fetch, answer); };
  return hooks;
}

http_cache::Exchange Proxy::exchange_of(const Fetch& fetch) const {
  return {fetch.request, fetch.key, fetch.requested, fetch.received};
}

/// There will be no answer, or not all of it.
void Proxy::settle(Fetch& fetch, const UpstreamError& error) {
  fetch.error = error;
  fetch.writer.reset();
  if (fetch.state == Fetch::State::growing) {
    ++counters_.origin_failed;
    fetch.state = Fetch::State::broken;
  }
  if (fetch.state != Fetch::State::asking) return;
  fetch.received = seconds_now();
  fetch.outcome = http_cache::plan_failure(fetch.plan, exchange_of(fetch), options_.policy);
  if (fetch.outcome.kind == ResponsePlan::Kind::serve_stale) {
    ++counters_.origin_failed;
    serve_stored(fetch);
  } else {
    fetch.state = Fetch::State::failed;
  }
  apply(fetch.outcome);
}

void Proxy::apply(const ResponsePlan& plan) {
  for (const StoredPointer& stored : plan.freshened) store_.update(*stored);
  for (const std::uint64_t id : plan.removed) store_.remove(id);
  for (const std::string& key : plan.invalidated) store_.invalidate(key);
}

bool Proxy::begin_storing(Fetch& fetch, const UpstreamAnswer& answer) {
  http_cache::StoredResponse stored = *fetch.outcome.stored;
  const Framing& framing = answer.framing();
  if (framing.kind == Framing::Kind::length) stored.size = framing.length;
  if (framing.kind == Framing::Kind::none) stored.size = 0;
  fetch.writer = store_.begin(stored, fetch.received);
  if (!fetch.writer) return false;
  fetch.stored = fetch.writer->response();
  if (fetch.has_leader) fetch.leader_reader.emplace(fetch.writer->reader());
  return true;
}

/// In the place of what was asked; what only this hop adds stays.
void Proxy::ask_again(Fetch& fetch, const http::RequestHead& forward) {
  if (fetch.attempts >= kMostAttempts) {
    throw UpstreamError(UpstreamCause::malformed, "304 Not Modified, again and again, of nothing that is stored");
  }
  fetch.plan.forward = forward;
  for (const char* name : {"If-None-Match", "If-Modified-Since", "If-Range"}) {
    fetch.head.fields.erase(name);
    if (const auto value = forward.fields.joined(name)) fetch.head.fields.add(name, *value);
  }
  fetch.asks_again = true;
}

/// The answer is what is stored; its body is opened before anything of the store is changed.
void Proxy::serve_stored(Fetch& fetch) {
  fetch.stored = fetch.outcome.stored;
  if (fetch.has_leader) fetch.leader_reader = store_.open(*fetch.stored);
  fetch.state = Fetch::State::served;
}

asio::awaitable<void> Proxy::take(FetchPointer fetch, UpstreamAnswer answer) {
  fetch->received = seconds_now();
  fetch->outcome = http_cache::plan_response(fetch->plan, exchange_of(*fetch), answer.head(), options_.policy);
  const ResponsePlan::Kind kind = fetch->outcome.kind;
  if (kind == ResponsePlan::Kind::ask_again) {
    apply(fetch->outcome);
    ask_again(*fetch, fetch->outcome.forward);
    co_return;
  }
  if (kind == ResponsePlan::Kind::fail) {
    apply(fetch->outcome);
    throw UpstreamError(UpstreamCause::malformed, "an answer that fits nothing that was asked");
  }
  if (kind == ResponsePlan::Kind::update || kind == ResponsePlan::Kind::serve_once ||
      kind == ResponsePlan::Kind::serve_stale) {
    if (kind == ResponsePlan::Kind::serve_stale) ++counters_.origin_failed;
    serve_stored(*fetch);
    // What has no room there is gone from the store, and served once more all the same.
    if (kind == ResponsePlan::Kind::update) store_.update(*fetch->stored);
    apply(fetch->outcome);
    co_return;
  }
  apply(fetch->outcome);
  if (kind == ResponsePlan::Kind::store) {
    if (begin_storing(*fetch, answer)) {
      fetch->state = Fetch::State::growing;
      fetch->changed.happen();
      co_await store_body(fetch, answer);
      co_return;
    }
    fetch->outcome.status.stored = false;
    fetch->outcome.status.detail = "no-room";
  }
  // It is the leader's alone, who takes it from here; the others ask for themselves.
  if (fetch->key && fetch->is_listed) set_uncollapsed(*fetch->key);
  fetch->answer.emplace(answer);
  fetch->state = Fetch::State::passing;
  fetch->changed.happen();
  while (fetch->has_leader) co_await fetch->changed.next();
}

asio::awaitable<void> Proxy::store_body(FetchPointer fetch, UpstreamAnswer answer) {
  // What the store has not written yet is lost when it fails: it is held here, too.
  std::string recent;
  std::uint64_t recent_from = 0;
  bool is_stored = true;
  for (std::uint64_t taken = 0; is_stored;) {
    const std::string_view piece = co_await answer.body();
    if (piece.empty()) break;
    taken += piece.size();
    recent += piece;
    is_stored = fetch->writer->append(piece);
    if (!is_stored) break;
    const std::uint64_t written = taken - taken % http_cache::kBlock;
    recent.erase(0, static_cast<std::size_t>(written - recent_from));
    recent_from = written;
    fetch->changed.happen();
  }
  if (is_stored && fetch->writer->commit()) {
    fetch->writer.reset();
    fetch->state = Fetch::State::whole;
    co_return;
  }
  fetch->spill.emplace(recent_from);
  fetch->spill->append(recent);
  if (!is_stored) co_await spill_body(fetch, answer);
  fetch->spill->end();
  fetch->state = Fetch::State::whole;
}

/// Those who are reading it get the rest all the same.
asio::awaitable<void> Proxy::spill_body(FetchPointer fetch, UpstreamAnswer answer) {
  Spill& spill = *fetch->spill;
  for (;;) {
    fetch->changed.happen();
    while (!spill.has_room()) {
      if (fetch->readers.empty() && !fetch->has_leader) co_return;  // for nobody
      co_await fetch->changed.next();
    }
    const std::string_view piece = co_await answer.body();
    if (piece.empty()) break;
    spill.append(piece);
  }
}

}  // namespace wireproof::http_proxy
