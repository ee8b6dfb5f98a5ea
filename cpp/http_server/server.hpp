#pragma once
// A web server of one folder, on the loop: its connections, its log, its counters, its end.

#include <array>
#include <cstdint>
#include <list>
#include <random>
#include <string>

#include "base/json_object.hpp"
#include "http/server_connection.hpp"
#include "http_server/access_log.hpp"
#include "http_server/answer.hpp"
#include "http_server/log_file.hpp"
#include "loop/deadlines.hpp"
#include "loop/loop.hpp"
#include "loop/signals.hpp"
#include "net/address.hpp"
#include "net/listener.hpp"

namespace wireproof::http_server {

struct ServerOptions {
  ListenOptions where;
  http::Limits limits{.body = 1024 * 1024};
  http::Timeouts timeouts;
  std::size_t most_connections = 10'000;
  Time grace = std::chrono::seconds(10);  ///< for answers that are running when a signal comes
};

struct Counters {
  std::uint64_t connections = 0;
  std::uint64_t most_at_once = 0;
  std::uint64_t requests = 0;               ///< understood ones
  std::uint64_t refused = 0;                ///< not understood, and answered
  std::uint64_t timed_out = 0;              ///< clients that were too slow
  std::uint64_t broken = 0;                 ///< connections that ended within an answer or a request, in another way
  std::uint64_t displaced = 0;              ///< idle connections that were closed because others came
  std::uint64_t body_bytes = 0;             ///< sent
  std::array<std::uint64_t, 6> statuses{};  ///< by their first digit
};

JsonObject json_of(const Counters& counters);

class Server {
 public:
  /// Listens. All must outlive it.
  Server(Loop& loop, const StopSignals& signals, const ServerOptions& options, const Site& site, LogFile* log);

  Address address() const;
  /// Until a signal; then answers that are running may end, within ServerOptions::grace or until a second signal.
  void run();
  const Counters& counters() const { return counters_; }
  /// Answers that a signal's grace did not suffice for.
  std::size_t were_cut_off() const { return cut_off_; }

 private:
  using Connection = http::ServerConnection;
  using Connections = std::list<Connection*>;

  asio::awaitable<void> accept();
  asio::awaitable<void> attend(tcp::socket socket);
  asio::awaitable<void> converse(Connection& connection, const std::string& client);
  Answer made(const http::RequestHead& request);
  Access access_of(const http::RequestHead& request, const std::string& client, unsigned status) const;
  asio::awaitable<void> answer(Connection& connection, const std::string& client);
  asio::awaitable<void> refuse(Connection& connection, const std::string& client, const http::Broken& broken);
  asio::awaitable<void> send(Connection& connection, const Answer& answer);
  void close_an_idle_one();
  void note(Access access);
  void stop();
  void cut_off();
  void leave(Connections::iterator place);
  http::ResponseHead with_date(http::ResponseHead head);

  Loop& loop_;
  const StopSignals& signals_;
  ServerOptions options_;
  const Site& site_;
  LogFile* log_;
  tcp::acceptor listener_;
  Deadlines deadlines_;
  Deadline grace_;
  Event left_;  ///< a connection
  Connections connections_;
  Counters counters_;
  std::mt19937_64 chance_;
  http::Seconds dated_{-1};
  std::string date_;
  bool is_stopping_ = false;
  std::size_t cut_off_ = 0;
};

}  // namespace wireproof::http_server
