// What clients are answered with: from the store, from what is being stored, or from the answer to a question of
// theirs.

#include <algorithm>
#include <limits>
#include <list>
#include <memory>
#include <utility>

#include "http_proxy/asked.hpp"
#include "http_proxy/moment.hpp"
#include "http_proxy/proxy.hpp"
#include "http_proxy/proxy_status.hpp"

namespace wireproof::http_proxy {

using http::Framing;
using http_cache::Reader;
using http_cache::RequestPlan;
using http_forwarding::UpstreamError;

namespace {

/// How long answers for a key are not waited for, after one that was nobody else's.
constexpr Time kUncollapsed = std::chrono::seconds(60);
constexpr std::size_t kMostUncollapsed = 10'000;
/// How often something may turn out to be unreadable when it is to be served.
constexpr unsigned kMostFailures = 3;
/// Of a stored body at a time.
constexpr std::size_t kPiece = http_cache::kBlock;
/// What is less goes with what is before and behind it.
constexpr std::size_t kSmall = 16 * 1024;

bool is_served(RequestPlan::Kind kind) {
  return kind == RequestPlan::Kind::serve || kind == RequestPlan::Kind::serve_and_revalidate;
}

}  // namespace

/// While a client waits for what it has asked.
class Proxy::Leader {
 public:
  Leader(Loop& loop, FetchPointer fetch) : loop_(loop), fetch_(std::move(fetch)) { fetch_->has_leader = true; }
  Leader(const Leader&) = delete;
  Leader& operator=(const Leader&) = delete;
  ~Leader() {
    fetch_->has_leader = false;
    fetch_->answer.reset();
    fetch_->leader_reader.reset();
    if (!loop_.context().stopped()) fetch_->changed.happen();
  }

 private:
  Loop& loop_;
  FetchPointer fetch_;
};

/// While a client reads what grows.
class FetchReader {
 public:
  FetchReader(Loop& loop, FetchPointer fetch, std::uint64_t offset) : loop_(loop), fetch_(std::move(fetch)) {
    if (fetch_) place_ = fetch_->readers.insert(fetch_->readers.end(), offset);
  }
  FetchReader(const FetchReader&) = delete;
  FetchReader& operator=(const FetchReader&) = delete;
  ~FetchReader() {
    if (!fetch_) return;
    fetch_->readers.erase(place_);
    changed();
  }
  /// It has all that is before.
  void set(std::uint64_t offset) {
    if (!fetch_) return;
    *place_ = offset;
    changed();
  }

 private:
  /// There may be room for more.
  void changed() {
    if (!fetch_->spill || loop_.context().stopped()) return;
    if (!fetch_->readers.empty()) {
      fetch_->spill->forget(*std::min_element(fetch_->readers.begin(), fetch_->readers.end()));
    }
    fetch_->changed.happen();
  }

  Loop& loop_;
  FetchPointer fetch_;
  std::list<std::uint64_t>::iterator place_{};
};

FetchPointer Proxy::asking_for(const std::string& key) const {
  const auto found = fetches_.find(key);
  if (found == fetches_.end()) return nullptr;
  for (const FetchPointer& fetch : found->second) {
    if (!fetch->is_decided()) return fetch;
  }
  return nullptr;
}

FetchPointer Proxy::growing_as(const std::string& key, std::uint64_t id) const {
  const auto found = fetches_.find(key);
  if (found == fetches_.end()) return nullptr;
  for (const FetchPointer& fetch : found->second) {
    if (fetch->state == Fetch::State::growing && fetch->stored->id == id) return fetch;
  }
  return nullptr;
}

/// With what is being stored among what is.
RequestPlan Proxy::planned(const Asked& asked, const std::optional<std::string>& key) {
  const Seconds now = seconds_now();
  std::vector<StoredPointer> candidates;
  if (key) {
    candidates = store_.find(*key, now);
    if (const auto found = fetches_.find(*key); found != fetches_.end()) {
      for (const FetchPointer& fetch : found->second) {
        if (fetch->state == Fetch::State::growing && !fetch->spill) candidates.push_back(fetch->stored);
      }
    }
  }
  return http_cache::plan_request(asked.request(), key, std::move(candidates), now, options_.policy);
}

bool Proxy::is_uncollapsed(const std::string& key) {
  const auto found = uncollapsed_.find(key);
  if (found == uncollapsed_.end()) return false;
  if (found->second > loop_.now()) return true;
  uncollapsed_.erase(found);
  return false;
}

void Proxy::set_uncollapsed(const std::string& key) {
  if (uncollapsed_.size() >= kMostUncollapsed) uncollapsed_.clear();
  uncollapsed_.insert_or_assign(key, loop_.now() + kUncollapsed);
}

asio::awaitable<void> Proxy::answer_cached(Asked& asked, const Route& route) {
  const std::optional<std::string> key = http_cache::cache_key(asked.request(), "http");
  bool has_waited = false;
  unsigned failures = 0;
  for (;;) {
    RequestPlan plan = planned(asked, key);
    if (is_served(plan.kind)) {
      const bool served = co_await serve_planned(asked, route, plan, has_waited);
      if (served) co_return;
      continue;  // it was damaged, and is gone
    }
    if (plan.kind == RequestPlan::Kind::gateway_timeout) {
      co_await answer_page(asked, 504, "only-if-cached: nothing that is stored may be served", "");
      co_return;
    }
    FetchPointer other;
    if (key && plan.may_wait && !has_waited && !is_uncollapsed(*key)) other = asking_for(*key);
    if (!other) {
      const bool answered = co_await lead(asked, route, plan);
      if (answered) co_return;
      if (++failures >= kMostFailures) {
        co_await answer_page(asked, 502, "what is stored is damaged, again and again", "");
        co_return;
      }
      continue;
    }
    while (!other->is_decided()) co_await other->changed.next();
    has_waited = true;
    if (other->error || other->outcome.kind == http_cache::ResponsePlan::Kind::serve_stale) {
      const bool answered = co_await answer_after_failure(asked, std::move(plan), std::move(other));
      if (answered) co_return;
    }
  }
}

/// Whether it was answered: what is damaged cannot be.
asio::awaitable<bool> Proxy::serve_planned(Asked& asked, const Route& route, const RequestPlan& plan, bool collapsed) {
  CacheStatus status = plan.status;
  status.collapsed = collapsed;
  const FetchPointer growing = growing_as(plan.stored->key, plan.stored->id);
  std::optional<Reader> reader;
  if (growing) reader.emplace(growing->writer->reader());
  const bool stale = plan.kind == RequestPlan::Kind::serve_and_revalidate ||
                     (status.time_to_live && *status.time_to_live <= Seconds(0));
  if (plan.kind == RequestPlan::Kind::serve_and_revalidate) revalidate_behind(asked, route, plan);
  const bool served = co_await serve(asked, plan.stored, std::move(status), std::move(reader), growing);
  if (!served) co_return false;
  if (collapsed || growing) {
    ++counters_.collapsed;
  } else {
    ++counters_.hits;
    if (stale) ++counters_.stale;
  }
  co_return true;
}

/// The origin has failed somebody else: it is not asked again for each who waited, where its failure is not only for
/// whom it was asked. Whether that suffices.
asio::awaitable<bool> Proxy::answer_after_failure(Asked& asked, RequestPlan plan, FetchPointer fetch) {
  const Seconds now = seconds_now();
  const http_cache::Exchange exchange{asked.request(), fetch->key, fetch->requested, now};
  const http_cache::ResponsePlan outcome = http_cache::plan_failure(plan, exchange, options_.policy);
  if (outcome.kind == http_cache::ResponsePlan::Kind::serve_stale) {
    CacheStatus status = outcome.status;
    status.collapsed = true;
    const bool served = co_await serve(asked, outcome.stored, std::move(status), std::nullopt, nullptr);
    if (served) ++counters_.stale;
    if (served) co_return true;
  }
  if (!fetch->error) co_return false;
  co_await answer_failure(asked, *fetch->error);
  co_return true;
}

/// Whether it was answered: what the origin says is right may turn out to be unreadable.
asio::awaitable<bool> Proxy::lead(Asked& asked, const Route& route, const RequestPlan& plan) {
  auto made = make_fetch(asked, route, plan);
  if (auto* const refusal = std::get_if<http::Refusal>(&made)) {
    co_await answer_page(asked, refusal->status, refusal->reason, error_type(refusal->status));
    co_return true;
  }
  const FetchPointer fetch = std::get<FetchPointer>(made);
  Leader leader(loop_, fetch);
  loop_.spawn(run_fetch(fetch));
  std::size_t told = 0;
  for (;;) {
    while (told < fetch->interim.size()) {
      http::ResponseHead head = http_forwarding::previous_response(fetch->interim[told++], options_.hop);
      co_await asked.client.interim(std::move(head));
    }
    if (fetch->is_decided()) break;
    co_await fetch->changed.next();
  }
  const bool answered = co_await take_answer_of(asked, fetch);
  co_return answered;
}

asio::awaitable<bool> Proxy::take_answer_of(Asked& asked, FetchPointer fetch) {
  switch (fetch->state) {
    case Fetch::State::asking:
      break;
    case Fetch::State::failed:
      throw *fetch->error;
    case Fetch::State::passing: {
      http_forwarding::UpstreamAnswer answer = *fetch->answer;
      http::ResponseHead head = finished(answer.head(), &fetch->outcome.status);
      asked.status = head.status;
      co_await http_forwarding::relay_answer(answer, std::move(head), asked.client);
      break;
    }
    case Fetch::State::broken:
      if (fetch->error) throw *fetch->error;
      break;
    case Fetch::State::growing:
    case Fetch::State::whole: {
      std::optional<Reader> reader = std::move(fetch->leader_reader);
      co_await serve(asked, fetch->stored, fetch->outcome.status, std::move(reader), fetch);
      break;
    }
    case Fetch::State::served: {
      const bool is_stale = fetch->outcome.kind == http_cache::ResponsePlan::Kind::serve_stale;
      std::optional<Reader> reader = std::move(fetch->leader_reader);
      const bool served = co_await serve(asked, fetch->stored, fetch->outcome.status, std::move(reader), nullptr);
      if (is_stale) {
        ++counters_.stale;
      } else {
        ++counters_.revalidated;
      }
      co_return served;
    }
  }
  co_return true;
}

/// Whether it was answered: false, and nothing has begun, when what is stored cannot be read.
asio::awaitable<bool> Proxy::serve(Asked& asked, StoredPointer stored, CacheStatus status, std::optional<Reader> reader,
                                   FetchPointer fetch) {
  http_cache::StoredAnswer answer = http_cache::answer_from(
      asked.request(), *stored, seconds_now(), asked.request().fields.has("Range") ? boundary() : std::string());
  const bool has_bytes = std::any_of(answer.pieces.begin(), answer.pieces.end(),
                                     [](const auto& piece) { return piece.text.empty() && piece.length != 0U; });
  const bool wants_bytes = has_bytes && asked.request().method != "HEAD";
  if (wants_bytes && !reader) {
    reader = store_.open(*stored);
    if (!reader) co_return false;
  }
  const std::optional<std::uint64_t> size = answer.size();
  begin(asked, finished(std::move(answer.head), &status), size ? Framing::of_length(*size) : Framing::chunked());
  if (asked.client.sends_body()) {
    for (const http_cache::BodyPiece& piece : answer.pieces) {
      if (!piece.text.empty()) {
        co_await asked.client.put_or_write(piece.text);
      } else if (piece.length != 0U) {
        co_await send_stored(asked, *reader, fetch, piece.offset, piece.length);
        if (asked.client.transport().is_aborted()) co_return true;
      }
    }
  }
  co_await asked.client.finish();
  co_return true;
}

asio::awaitable<void> Proxy::send_stored(Asked& asked, Reader& reader, FetchPointer fetch, std::uint64_t offset,
                                         std::optional<std::uint64_t> length) {
  http::ServerConnection& client = asked.client;
  FetchReader place(loop_, fetch, offset);
  const std::uint64_t until = length ? offset + *length : std::numeric_limits<std::uint64_t>::max();
  for (bool is_flushed = false; offset < until;) {
    const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(until - offset, kPiece));
    std::string_view bytes;
    bool is_end = false;
    bool is_lost = false;
    const bool is_spilt = fetch && fetch->spill && fetch->spill->has(offset);
    if (is_spilt) {
      const auto rest = fetch->spill->read(offset);
      is_lost = !rest;
      if (rest) bytes = rest->substr(0, most);
      is_end = bytes.empty() && fetch->spill->is_end(offset);
    } else {
      const Reader::Piece piece = reader.read(offset, most);
      bytes = piece.bytes;
      is_end = piece.state == Reader::State::end;
      is_lost = piece.state == Reader::State::damaged;
    }
    if (!bytes.empty()) {
      offset += bytes.size();
      is_flushed = false;
      if (is_spilt) {
        // They may go while they are sent.
        client.put(bytes);
        place.set(offset);
        co_await client.flush();
      } else if (bytes.size() < kSmall) {
        place.set(offset);
        co_await client.put_or_write(bytes);
      } else {
        place.set(offset);
        co_await client.write(bytes);
      }
      continue;
    }
    if (is_end && !length) break;
    if (is_end || is_lost || !fetch || fetch->state == Fetch::State::broken) {
      // Half an answer is told by the connection's end alone.
      client.transport().reset();
      break;
    }
    if (is_flushed) {
      co_await fetch->changed.next();
    } else {
      co_await client.flush();
      is_flushed = true;
    }
  }
}

}  // namespace wireproof::http_proxy
