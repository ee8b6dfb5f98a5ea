#pragma once
// A caching proxy, on the loop: what its clients ask for is answered from the store, by origins, or by itself.

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <unordered_map>
#include <variant>

#include "http_cache/answer_plan.hpp"
#include "http_cache/store.hpp"
#include "http_cache/variants.hpp"
#include "http_forwarding/relay_message.hpp"
#include "http_forwarding/upstream_pool.hpp"
#include "http_proxy/counters.hpp"
#include "http_proxy/fetch.hpp"
#include "http_proxy/route.hpp"
#include "http_serving/access_log.hpp"
#include "http_serving/connection_server.hpp"
#include "http_serving/log_file.hpp"
#include "http_serving/page.hpp"

namespace wireproof::http_proxy {

struct ProxyOptions {
  RouteRules routes{};
  http_forwarding::NextHop hop{};
  http_forwarding::UpstreamOptions upstream{};
  http_cache::Policy policy{};
  Time tunnel_idle = std::chrono::minutes(10);                  ///< for nothing that moves in a tunnel
  std::uint64_t most_body = std::uint64_t{1024} * 1024 * 1024;  ///< of requests, bytes; more: 413
};

class Proxy final : public http_serving::RequestHandler {
 public:
  /// All must outlive it, and the loop must have ended before it goes.
  Proxy(Loop& loop, Deadlines& deadlines, const ProxyOptions& options, http_cache::Store& store,
        http_serving::LogFile* log);
  Proxy(const Proxy&) = delete;
  Proxy& operator=(const Proxy&) = delete;

  asio::awaitable<void> answer(http::ServerConnection& client, const Address& address) override;
  asio::awaitable<void> refuse(http::ServerConnection& client, const Address& address, http::Refusal refusal) override;
  void end() override { pool_.abort(); }

  /// Whose counters are told with the others.
  void watch(const http_serving::ConnectionServer& server) { connection_server_ = &server; }
  Report report() const;

 private:
  using CacheStatus = http_cache::CacheStatus;
  using StoredPointer = http_cache::StoredPointer;

  /// A request, and what is known of its answer.
  struct Asked;
  /// Has the leader of a fetch leave it, however it does.
  class Leader;
  /// An exchange at the pace of both sides.
  struct HandingOn;

  asio::awaitable<void> answer(Asked& asked);
  asio::awaitable<void> answer_by_itself(Asked& asked, Route route);
  asio::awaitable<void> answer_page(Asked& asked, unsigned status, std::string words, std::string_view error);
  asio::awaitable<void> answer_failure(Asked& asked, http_forwarding::UpstreamError error);
  asio::awaitable<void> tunnel(Asked& asked, Authority authority);
  asio::awaitable<void> hand_on(Asked& asked, const Route& route);
  http_forwarding::AnswerHooks hooks_of(Asked& asked, const HandingOn& handing);

  // caching.cpp
  asio::awaitable<void> answer_cached(Asked& asked, const Route& route);
  asio::awaitable<bool> serve_planned(Asked& asked, const Route& route, const http_cache::RequestPlan& plan,
                                      bool collapsed);
  asio::awaitable<bool> answer_after_failure(Asked& asked, http_cache::RequestPlan plan, FetchPointer fetch);
  asio::awaitable<bool> lead(Asked& asked, const Route& route, const http_cache::RequestPlan& plan);
  asio::awaitable<bool> take_answer_of(Asked& asked, FetchPointer fetch);
  asio::awaitable<bool> serve(Asked& asked, StoredPointer stored, CacheStatus status,
                              std::optional<http_cache::Reader> reader, FetchPointer fetch);
  asio::awaitable<void> send_stored(Asked& asked, http_cache::Reader& reader, FetchPointer fetch, std::uint64_t offset,
                                    std::optional<std::uint64_t> length);
  http_cache::RequestPlan planned(const Asked& asked, const std::optional<std::string>& key);
  FetchPointer asking_for(const std::string& key) const;
  FetchPointer growing_as(const std::string& key, std::uint64_t id) const;
  bool is_uncollapsed(const std::string& key);
  void set_uncollapsed(const std::string& key);

  // fetching.cpp
  std::variant<FetchPointer, http::Refusal> make_fetch(const Asked& asked, const Route& route,
                                                       const http_cache::RequestPlan& plan);
  void revalidate_behind(const Asked& asked, const Route& route, const http_cache::RequestPlan& plan);
  asio::awaitable<void> run_fetch(FetchPointer fetch);
  asio::awaitable<void> attempt(FetchPointer fetch);
  asio::awaitable<void> take(FetchPointer fetch, http_forwarding::UpstreamAnswer answer);
  asio::awaitable<void> store_body(FetchPointer fetch, http_forwarding::UpstreamAnswer answer);
  asio::awaitable<void> spill_body(FetchPointer fetch, http_forwarding::UpstreamAnswer answer);
  http_forwarding::AnswerHooks hooks_of(FetchPointer fetch);
  void settle(Fetch& fetch, const http_forwarding::UpstreamError& error);
  void apply(const http_cache::ResponsePlan& plan);
  http_cache::Exchange exchange_of(const Fetch& fetch) const;
  void ask_again(Fetch& fetch, const http::RequestHead& forward);
  void serve_stored(Fetch& fetch);
  bool begin_storing(Fetch& fetch, const http_forwarding::UpstreamAnswer& answer);

  http::ResponseHead finished(http::ResponseHead head, const CacheStatus* status) const;
  http::ResponseHead page_head(unsigned status, std::string_view type, std::string_view error) const;
  void begin(Asked& asked, http::ResponseHead head, http::Framing framing);
  void note(const Asked& asked, std::uint64_t bytes);
  std::string boundary();

  Loop& loop_;
  ProxyOptions options_;
  http_cache::Store& store_;
  http_serving::LogFile* log_;
  http_forwarding::UpstreamPool pool_;
  const http_serving::ConnectionServer* connection_server_ = nullptr;
  std::map<std::string, std::list<FetchPointer>, std::less<>> fetches_;  ///< listed ones, by their keys
  std::set<std::string, std::less<>> revalidating_;                      ///< keys, behind an answer
  std::unordered_map<std::string, Time> uncollapsed_;  ///< keys whose answers were nobody else's, until when
  Counters counters_;
  std::mt19937_64 chance_;
};

}  // namespace wireproof::http_proxy
