#pragma once
// Connections to next hops: looked up, connected by RFC 8305, and kept for the next request.

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "http/client_connection.hpp"
#include "http_forwarding/destination.hpp"
#include "http_forwarding/name_lookups.hpp"
#include "http_forwarding/upstream_error.hpp"
#include "loop/deadlines.hpp"
#include "net/address.hpp"

namespace wireproof::http_forwarding {

struct UpstreamOptions {
  http::Limits limits{};
  http::Timeouts timeouts{};               ///< idle: until an answer begins
  Time connect = std::chrono::seconds(5);  ///< for the look-up, and for all attempts to connect; each
  Time keep = std::chrono::seconds(15);    ///< how long an idle connection is kept
  std::size_t most_idle = 256;             ///< of all; then the one that has been idle longest is closed
  std::size_t most_idle_each = 64;         ///< to one authority
};

/// A connection that is in use. It is closed with this, unless it is given back.
class Upstream {
 public:
  using InUse = std::set<http::Transport*>;

  Upstream(Authority authority, std::unique_ptr<http::ClientConnection> connection, bool is_reused,
           std::shared_ptr<InUse> in_use);
  Upstream(Upstream&&) = default;
  Upstream& operator=(Upstream&&) = delete;
  ~Upstream();

  http::ClientConnection& connection() { return *connection_; }
  const Authority& authority() const { return authority_; }
  /// It was used before: the peer may have ended it meanwhile.
  bool is_reused() const { return is_reused_; }

 private:
  friend class UpstreamPool;

  Authority authority_;
  std::unique_ptr<http::ClientConnection> connection_;  ///< null when it was given back
  bool is_reused_;
  std::shared_ptr<InUse> in_use_;
};

class UpstreamPool {
 public:
  struct Counters {
    std::uint64_t connected = 0;
    std::uint64_t reused = 0;
    std::uint64_t failed = 0;  ///< no connection came about
  };

  /// Both must outlive it, and it must outlive whatever waits in it.
  UpstreamPool(Loop& loop, Deadlines& deadlines, const UpstreamOptions& options);
  UpstreamPool(const UpstreamPool&) = delete;
  UpstreamPool& operator=(const UpstreamPool&) = delete;
  ~UpstreamPool();

  /// A connection: an idle one, if there is one and it need not be new. Throws UpstreamError, all of whose causes are
  /// before_sending().
  asio::awaitable<Upstream> take(const Authority& authority, bool is_new);
  /// Keeps it for the next request, if it can be used for one.
  void give_back(Upstream upstream);
  /// Closes idle ones: all, or those of an authority.
  void close_idle();
  void close_idle(const Authority& authority);
  /// Ends all waits on connections that are in use, with http::Cause::stopped.
  void abort();

  std::size_t idle() const { return idle_count_; }
  std::size_t in_use() const { return in_use_->size(); }
  const Counters& counters() const { return counters_; }
  const UpstreamOptions& options() const { return options_; }

 private:
  struct Idle;
  using IdleList = std::list<Idle>;

  std::unique_ptr<http::ClientConnection> take_idle(const Authority& authority);
  asio::awaitable<std::unique_ptr<http::ClientConnection>> connect(Authority authority);
  std::unique_ptr<http::ClientConnection> connection_of(asio::ip::tcp::socket socket, const Address& peer);
  void erase(IdleList::iterator place);

  Loop& loop_;
  Deadlines& deadlines_;
  UpstreamOptions options_;
  NameLookups lookups_;
  IdleList idle_;  ///< in the order in which they became idle
  std::map<Authority, std::list<IdleList::iterator>> by_authority_;
  std::size_t idle_count_ = 0;
  std::shared_ptr<Upstream::InUse> in_use_ = std::make_shared<Upstream::InUse>();
  Counters counters_;
};

}  // namespace wireproof::http_forwarding
