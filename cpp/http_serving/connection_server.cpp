#include "http_serving/connection_server.hpp"

#include <algorithm>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include "command_line/program.hpp"
#include "net/asio_address.hpp"

namespace wireproof::http_serving {

using http::Broken;
using http::Cause;

void add_to(JsonObject& object, const ConnectionCounters& counters) {
  object.add("connections", counters.connections)
      .add("most_at_once", counters.most_at_once)
      .add("requests", counters.requests)
      .add("refused", counters.refused)
      .add("timed_out", counters.timed_out)
      .add("broken", counters.broken)
      .add("displaced", counters.displaced);
}

ConnectionServer::ConnectionServer(Loop& loop, Deadlines& deadlines, const StopSignals& signals,
                                   const ServingOptions& options, RequestHandler& handler)
    : loop_(loop),
      deadlines_(deadlines),
      signals_(signals),
      options_(options),
      handler_(handler),
      listener_(open_listener(loop.context(), options.where)),
      grace_(deadlines_, [this] { cut_off(); }),
      left_(loop.context()) {}

Address ConnectionServer::address() const { return address_of(listener_.local_endpoint()); }

void ConnectionServer::run() {
  loop_.each_readable(signals_.descriptor(), [this] { stop(); });
  loop_.spawn(accept());
  loop_.run();
}

void ConnectionServer::stop() {
  const int number = signals_.take();
  if (is_stopping_) {
    cut_off();
    return;
  }
  is_stopping_ = true;
  boost::system::error_code ignored;
  listener_.close(ignored);
  const auto running = static_cast<std::size_t>(std::count_if(
      connections_.begin(), connections_.end(), [](const Connection* connection) { return !connection->is_idle(); }));
  say("{}: closing the listener; {} answers are running", signal_name(number), running);
  if (connections_.empty()) {
    end();
    return;
  }
  for (Connection* connection : connections_) {
    if (connection->is_idle()) {
      connection->transport().abort();
    } else {
      connection->set_last();
    }
  }
  grace_.set(loop_.now() + options_.grace);
}

void ConnectionServer::end() {
  handler_.end();
  loop_.stop();
}

/// Each ends by itself, when its wait is over.
void ConnectionServer::cut_off() {
  for (Connection* connection : connections_) {
    if (!connection->transport().is_aborted()) ++cut_off_;
    connection->transport().reset();
  }
  handler_.end();
}

asio::awaitable<void> ConnectionServer::accept() {
  while (!is_stopping_) {
    if (connections_.size() >= options_.most_connections) {
      // Room is made once somebody waits for it.
      boost::system::error_code error;
      co_await listener_.async_wait(asio::ip::tcp::acceptor::wait_read, into(error));
      if (connections_.size() >= options_.most_connections && !is_stopping_) {
        close_an_idle_one();
        co_await left_.next();
      }
      continue;
    }
    auto client = co_await accept_client(listener_);
    if (!client) co_return;
    loop_.spawn(attend(std::move(*client)));
  }
}

/// Whoever has no request under way makes room for who waits.
void ConnectionServer::close_an_idle_one() {
  // The one at the front has been there longest.
  for (Connection* connection : connections_) {
    if (!connection->is_idle() || connection->transport().is_aborted()) continue;
    connection->transport().abort();
    ++counters_.displaced;
    return;
  }
}

asio::awaitable<void> ConnectionServer::attend(asio::ip::tcp::socket socket) {
  boost::system::error_code error;
  const asio::ip::tcp::endpoint peer = socket.remote_endpoint(error);
  if (error) co_return;  // it has gone already
  const Address client = address_of(peer);
  Connection connection(std::make_unique<http::Transport>(loop_, deadlines_, std::move(socket), name_of(client)),
                        options_.limits, options_.timeouts);
  const auto place = connections_.insert(connections_.end(), &connection);
  ++counters_.connections;
  counters_.most_at_once = std::max<std::uint64_t>(counters_.most_at_once, connections_.size());
  co_await converse(connection, client);
  leave(place);
}

void ConnectionServer::leave(Connections::iterator place) {
  connections_.erase(place);
  left_.happen();
  if (is_stopping_ && connections_.empty()) end();
}

asio::awaitable<void> ConnectionServer::converse(Connection& connection, const Address& client) {
  std::optional<Broken> broken;
  try {
    for (;;) {
      const bool came = co_await connection.next();
      if (!came) break;
      if (is_stopping_) connection.set_last();
      ++counters_.requests;
      co_await handler_.answer(connection, client);
    }
  } catch (const Broken& error) {
    broken = error;
  } catch (const boost::system::system_error& error) {
    if (error.code() == asio::error::operation_aborted) throw;
    say_line(error.what());
    connection.transport().reset();
  } catch (const std::exception& error) {
    // Whatever it is, it is one client's.
    say_line(error.what());
    connection.transport().reset();
  }
  if (broken) co_await refuse(connection, client, *broken);
  co_await connection.close();
}

asio::awaitable<void> ConnectionServer::refuse(Connection& connection, const Address& client, const Broken& broken) {
  if (broken.cause() == Cause::stopped) co_return;
  if (broken.cause() == Cause::timed_out) ++counters_.timed_out;
  if (broken.cause() == Cause::network || broken.cause() == Cause::truncated) ++counters_.broken;
  // An answer that has begun and has no end is told by a reset alone.
  if (connection.has_begun() && !connection.is_reusable()) connection.transport().reset();
  if (broken.cause() == Cause::network || connection.has_begun()) co_return;
  if (broken.cause() == Cause::refused) ++counters_.refused;
  co_await handler_.refuse(connection, client, broken.refusal());
}

}  // namespace wireproof::http_serving
