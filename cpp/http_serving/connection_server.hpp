#pragma once
// Connections of clients of HTTP/1.1: how many there may be, what those get that are not understood, and how it ends.

#include <cstddef>
#include <cstdint>
#include <list>
#include <string>

#include "base/json_object.hpp"
#include "http/server_connection.hpp"
#include "loop/deadlines.hpp"
#include "loop/loop.hpp"
#include "loop/signals.hpp"
#include "net/address.hpp"
#include "net/listener.hpp"

namespace wireproof::http_serving {

struct ServingOptions {
  ListenOptions where;
  http::Limits limits{};
  http::Timeouts timeouts{};
  std::size_t most_connections = 10'000;
  Time grace = std::chrono::seconds(10);  ///< for answers that are running when a signal comes
};

struct ConnectionCounters {
  std::uint64_t connections = 0;
  std::uint64_t most_at_once = 0;
  std::uint64_t requests = 0;   ///< understood ones
  std::uint64_t refused = 0;    ///< not understood, and answered
  std::uint64_t timed_out = 0;  ///< clients that were too slow
  std::uint64_t broken = 0;     ///< connections that ended within an answer or a request, in another way
  std::uint64_t displaced = 0;  ///< idle connections that were closed because others came
};

/// Appends them.
void add_to(JsonObject& object, const ConnectionCounters& counters);

/// What a program does with what its clients want.
class RequestHandler {
 public:
  virtual ~RequestHandler() = default;

  /// Answers the request that has come. What it throws as http::Broken is the client's doing: where no answer has begun
  /// it is answered by refuse(), else it ends the connection; other exceptions are told on standard error.
  virtual asio::awaitable<void> answer(http::ServerConnection& client, const Address& address) = 0;
  /// Answers what was not understood, or took too long: http::ServerConnection::refuse().
  virtual asio::awaitable<void> refuse(http::ServerConnection& client, const Address& address,
                                       http::Refusal refusal) = 0;
  /// A signal's grace is over, or all have ended: whatever still waits for somebody else ends now.
  virtual void end() = 0;
};

class ConnectionServer {
 public:
  /// Listens. All must outlive it.
  ConnectionServer(Loop& loop, Deadlines& deadlines, const StopSignals& signals, const ServingOptions& options,
                   RequestHandler& handler);

  Address address() const;
  /// Until a signal; then answers that are running may end, within ServingOptions::grace or until a second signal. The
  /// loop is stopped then.
  void run();
  const ConnectionCounters& counters() const { return counters_; }
  std::size_t connections() const { return connections_.size(); }
  bool is_stopping() const { return is_stopping_; }
  /// Answers that a signal's grace did not suffice for.
  std::size_t were_cut_off() const { return cut_off_; }

 private:
  using Connection = http::ServerConnection;
  using Connections = std::list<Connection*>;

  asio::awaitable<void> accept();
  asio::awaitable<void> attend(asio::ip::tcp::socket socket);
  asio::awaitable<void> converse(Connection& connection, const Address& client);
  asio::awaitable<void> refuse(Connection& connection, const Address& client, const http::Broken& broken);
  void close_an_idle_one();
  void stop();
  void cut_off();
  void end();
  void leave(Connections::iterator place);

  Loop& loop_;
  Deadlines& deadlines_;
  const StopSignals& signals_;
  ServingOptions options_;
  RequestHandler& handler_;
  asio::ip::tcp::acceptor listener_;
  Deadline grace_;
  Event left_;  ///< a connection
  Connections connections_;
  ConnectionCounters counters_;
  bool is_stopping_ = false;
  std::size_t cut_off_ = 0;
};

}  // namespace wireproof::http_serving
