#pragma once
// A request of a client on its way: what Service keeps of it.

#include <list>
#include <optional>
#include <string>

#include "http_balancer/service.hpp"

namespace wireproof::http_balancer {

/// Where a node is.
inline http_forwarding::Authority place_of(const Node& node) { return {node.settings.host, node.settings.port}; }

/// A request of a client.
struct Service::Job {
  Job(http::ServerConnection& its_connection, const Address& its_client)
      : connection(its_connection), client(its_client), body(its_connection) {}

  http::ServerConnection& connection;
  const Address& client;
  http_forwarding::RequestBody body;
  std::string target{};  ///< as nodes are asked for it
  std::string host{};
  bool is_idempotent = false;
  std::shared_ptr<Pool> pool{};
  http_forwarding::AnswerHooks hooks{};
  Wanted wanted{};
  unsigned sent = 0;                                        ///< nodes that it was sent to
  bool was_answered = false;                                ///< by the node that is asked
  std::string node{};                                       ///< the last that was asked, for the log
  std::string token{};                                      ///< of the node that is asked
  NodeId bound_to = 0;                                      ///< the node that is asked
  std::optional<http_forwarding::UpstreamError> failure{};  ///< the last node's
  std::optional<http::Refusal> refusal{};                   ///< what the client is told
  unsigned status = 0;                                      ///< of the answer
  Time began{0};
};

/// A request at a node.
struct Service::Flight {
  Flight(std::list<Flight*>& all, NodeId its_node, const Job& its_job)
      : list(all), place(all.insert(all.end(), this)), node(its_node), job(its_job) {}
  Flight(const Flight&) = delete;
  Flight& operator=(const Flight&) = delete;
  ~Flight() { list.erase(place); }

  std::list<Flight*>& list;
  std::list<Flight*>::iterator place;
  NodeId node;
  const Job& job;
  http::Transport* transport = nullptr;  ///< null: there is no connection yet, or no longer
  bool was_sent = false;
  bool was_given_up = false;
};

/// The connection of a flight, while there is one.
struct Service::InUse {
  InUse(Flight& its_flight, http_forwarding::Upstream& upstream) : flight(its_flight) {
    flight.transport = &upstream.connection().transport();
  }
  InUse(const InUse&) = delete;
  InUse& operator=(const InUse&) = delete;
  ~InUse() { flight.transport = nullptr; }

  Flight& flight;
};

/// A request that waits for a node.
struct Service::Waiter {
  explicit Waiter(asio::io_context& context) : event(context) {}

  Event event;
  std::optional<Choice> choice{};
};

}  // namespace wireproof::http_balancer
