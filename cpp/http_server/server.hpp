#pragma once
// A web server of one folder, on the loop: its answers on their way, its log, its counters.

#include <array>
#include <cstdint>
#include <random>
#include <string>

#include "base/json_object.hpp"
#include "http/server_connection.hpp"
#include "http_server/answer.hpp"
#include "http_serving/access_log.hpp"
#include "http_serving/connection_server.hpp"
#include "http_serving/log_file.hpp"
#include "loop/deadlines.hpp"
#include "loop/loop.hpp"
#include "loop/signals.hpp"
#include "net/address.hpp"

namespace wireproof::http_server {

struct Counters {
  http_serving::ConnectionCounters connections{};
  std::uint64_t body_bytes = 0;             ///< sent
  std::array<std::uint64_t, 6> statuses{};  ///< by their first digit
};

JsonObject json_of(const Counters& counters);

class Server final : public http_serving::RequestHandler {
 public:
  /// Listens. All must outlive it.
  Server(Loop& loop, const StopSignals& signals, const http_serving::ServingOptions& options, const Site& site,
         http_serving::LogFile* log);

  Address address() const { return connections_.address(); }
  /// Until a signal; then answers that are running may end, within ServingOptions::grace or until a second signal.
  void run();
  Counters counters() const;
  /// Answers that a signal's grace did not suffice for.
  std::size_t were_cut_off() const { return connections_.were_cut_off(); }

  asio::awaitable<void> answer(http::ServerConnection& connection, const Address& client) override;
  asio::awaitable<void> refuse(http::ServerConnection& connection, const Address& client,
                               http::Refusal refusal) override;
  /// Nothing here waits for anybody but clients.
  void end() override {}

 private:
  Answer made(const http::RequestHead& request);
  http_serving::Access access_of(const http::RequestHead& request, const Address& client, unsigned status) const;
  asio::awaitable<void> send(http::ServerConnection& connection, const Answer& answer);
  void note(http_serving::Access access);
  http::ResponseHead with_date(http::ResponseHead head);

  const Site& site_;
  http_serving::LogFile* log_;
  Deadlines deadlines_;
  http_serving::ConnectionServer connections_;
  Counters counters_;  ///< but those of connections
  std::mt19937_64 chance_;
  http::Seconds dated_{-1};
  std::string date_;
};

}  // namespace wireproof::http_server
