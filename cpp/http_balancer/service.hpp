#pragma once
// Requests of clients on their way to nodes: the balancer's choices carried out.

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "http_balancer/balancer.hpp"
#include "http_balancer/counters.hpp"
#include "http_forwarding/relay_message.hpp"
#include "http_serving/connection_server.hpp"
#include "http_serving/log_file.hpp"
#include "http_serving/page.hpp"

namespace wireproof::http_balancer {

class Service : public http_serving::RequestHandler {
 public:
  /// All must outlive it. `log`: null for none. `pseudonym`: in Via, a token that no other balancer on the way has.
  Service(Loop& loop, Deadlines& deadlines, Balancer& balancer, http_serving::LogFile* log, std::string pseudonym);

  /// What is due, on the loop's clock.
  void advance();
  /// The file was read anew.
  void reload(const Configuration& configuration);
  void count_bad_reload() { ++counters_.bad_reloads; }
  /// Of clients' connections, for the status.
  void watch(const http_serving::ConnectionServer& server) { connection_server_ = &server; }
  Counters counters() const;

  asio::awaitable<void> answer(http::ServerConnection& connection, const Address& client) override;
  asio::awaitable<void> refuse(http::ServerConnection& connection, const Address& client,
                               http::Refusal refusal) override;
  void end() override;

 private:
  struct Job;
  struct Flight;
  struct InUse;
  struct Waiter;
  using Pool = http_forwarding::UpstreamPool;

  asio::awaitable<void> balance(Job& job);
  asio::awaitable<Choice> choose(const Job& job);
  asio::awaitable<void> attempt(Job& job, Attempt attempt);
  asio::awaitable<void> exchange(Job& job, Flight& flight, const http_forwarding::Authority& authority);
  asio::awaitable<void> relay(Job& job, http_forwarding::UpstreamAnswer answer);
  asio::awaitable<void> tell(Job& job, http::ResponseHead head, std::string body);
  asio::awaitable<void> tell_status(Job& job);
  asio::awaitable<void> check(NodeId id, http_forwarding::Authority authority);
  std::optional<http::Refusal> refusal_of(Job& job) const;
  http::RequestHead head_of(const Job& job, const http_forwarding::Authority& authority) const;
  http::ResponseHead head_for_client(const Job& job, const http::ResponseHead& head);
  http::ResponseHead page_head(unsigned status);
  void tell_of(const Job& job);
  void refuse_overloaded(Job& job) const;
  void settle();
  void node_died(NodeId id);
  void make_pool();
  const std::string& date();
  void note(const Job& job, std::uint64_t bytes);

  Loop& loop_;
  Deadlines& deadlines_;
  Balancer& balancer_;
  http_serving::LogFile* log_;
  const http_serving::ConnectionServer* connection_server_ = nullptr;
  http_forwarding::NextHop hop_;
  /// Another one after a reload; requests keep the one that they began with.
  std::shared_ptr<Pool> pool_;
  std::list<Flight*> flights_;
  std::map<Ticket, Waiter*> waiters_;
  std::map<NodeId, std::string> last_why_;  ///< why checks failed, so that each reason is told once
  std::int64_t dated_ = -1;
  std::string date_;
  bool is_told_ = false;  ///< that no node answers
  Counters counters_;
};

}  // namespace wireproof::http_balancer
