#include "http_forwarding/upstream_pool.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <optional>
#include <utility>
#include <vector>

#include "net/connect_first.hpp"

namespace wireproof::http_forwarding {
namespace {

UpstreamCause cause_of(const boost::system::error_code& error) {
  if (error == asio::error::connection_refused) return UpstreamCause::refused;
  if (error == asio::error::timed_out) return UpstreamCause::connect_timed_out;
  return UpstreamCause::unreachable;
}

/// All attempts in the words; the cause is the last one's that came to a host.
UpstreamError error_of(const FirstConnection& none) {
  std::string words;
  UpstreamCause cause = UpstreamCause::unreachable;
  for (const auto& attempt : none.failed) {
    words += fmt::format("{}connect to {}: {}", words.empty() ? "" : "; ", name_of(attempt.address),
                         attempt.error.message());
    if (cause_of(attempt.error) != UpstreamCause::unreachable) cause = cause_of(attempt.error);
  }
  return {cause, words};
}

}  // namespace

Upstream::Upstream(Authority authority, std::unique_ptr<http::ClientConnection> connection, bool is_reused,
                   std::shared_ptr<InUse> in_use)
    : authority_(std::move(authority)),
      connection_(std::move(connection)),
      is_reused_(is_reused),
      in_use_(std::move(in_use)) {
  in_use_->insert(&connection_->transport());
}

Upstream::~Upstream() {
  if (connection_) in_use_->erase(&connection_->transport());
}

struct UpstreamPool::Idle {
  Authority authority;
  std::unique_ptr<http::ClientConnection> connection;
  std::unique_ptr<Deadline> until;
  std::list<IdleList::iterator>::iterator place{};  ///< in by_authority_
};

UpstreamPool::UpstreamPool(Loop& loop, Deadlines& deadlines, const UpstreamOptions& options)
    : loop_(loop), deadlines_(deadlines), options_(options), lookups_(loop, options.connect) {}

UpstreamPool::~UpstreamPool() = default;

asio::awaitable<Upstream> UpstreamPool::take(const Authority& authority, bool is_new) {
  if (!is_new) {
    if (auto connection = take_idle(authority)) {
      ++counters_.reused;
      co_return Upstream(authority, std::move(connection), true, in_use_);
    }
  }
  std::unique_ptr<http::ClientConnection> connection;
  try {
    connection = co_await connect(authority);
  } catch (const UpstreamError&) {
    ++counters_.failed;
    throw;
  }
  ++counters_.connected;
  co_return Upstream(authority, std::move(connection), false, in_use_);
}

/// The one that was used last: it has been idle for the shortest time.
std::unique_ptr<http::ClientConnection> UpstreamPool::take_idle(const Authority& authority) {
  for (auto found = by_authority_.find(authority); found != by_authority_.end();
       found = by_authority_.find(authority)) {
    const IdleList::iterator last = found->second.back();
    std::unique_ptr<http::ClientConnection> connection = std::move(last->connection);
    erase(last);
    if (!connection->transport().is_spoilt()) return connection;
  }
  return nullptr;
}

void UpstreamPool::erase(IdleList::iterator place) {
  const auto found = by_authority_.find(place->authority);
  found->second.erase(place->place);
  if (found->second.empty()) by_authority_.erase(found);
  idle_.erase(place);
  --idle_count_;
}

void UpstreamPool::give_back(Upstream upstream) {
  in_use_->erase(&upstream.connection_->transport());
  std::unique_ptr<http::ClientConnection> connection = std::move(upstream.connection_);
  if (!connection->is_reusable() || connection->transport().is_aborted() || options_.most_idle == 0 ||
      options_.most_idle_each == 0) {
    return;
  }
  if (idle_count_ >= options_.most_idle) erase(idle_.begin());
  auto found = by_authority_.find(upstream.authority_);
  if (found != by_authority_.end() && found->second.size() >= options_.most_idle_each) erase(found->second.front());
  const auto place = idle_.emplace(idle_.end());
  place->authority = upstream.authority_;
  place->connection = std::move(connection);
  auto& others = by_authority_[place->authority];
  place->place = others.insert(others.end(), place);
  ++idle_count_;
  if (options_.keep == kNever) return;
  place->until = std::make_unique<Deadline>(deadlines_, [this, place] { erase(place); });
  place->until->set(loop_.now() + options_.keep);
}

void UpstreamPool::close_idle() {
  while (!idle_.empty()) erase(idle_.begin());
}

void UpstreamPool::close_idle(const Authority& authority) {
  for (auto found = by_authority_.find(authority); found != by_authority_.end();
       found = by_authority_.find(authority)) {
    erase(found->second.front());
  }
}

void UpstreamPool::abort() {
  for (http::Transport* transport : *in_use_) transport->abort();
}

std::unique_ptr<http::ClientConnection> UpstreamPool::connection_of(asio::ip::tcp::socket socket, const Address& peer) {
  return std::make_unique<http::ClientConnection>(
      std::make_unique<http::Transport>(loop_, deadlines_, std::move(socket), name_of(peer)), options_.limits,
      options_.timeouts);
}

asio::awaitable<std::unique_ptr<http::ClientConnection>> UpstreamPool::connect(Authority authority) {
  std::vector<Address> addresses = co_await lookups_.find(authority.host, authority.port);
  FirstConnection first;
  try {
    first = co_await connect_first(loop_.context(), std::move(addresses), options_.connect);
  } catch (const boost::system::system_error& error) {
    // No descriptor was left, say.
    if (error.code() == asio::error::operation_aborted) throw;
    throw UpstreamError(UpstreamCause::unreachable,
                        fmt::format("connect to {}: {}", text_of(authority), error.code().message()));
  }
  if (!first.socket) throw error_of(first);
  co_return connection_of(std::move(*first.socket), first.address);
}

}  // namespace wireproof::http_forwarding
