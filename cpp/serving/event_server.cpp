#include "serving/event_server.hpp"

#include <signal.h>
#include <string.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>

#include "command_line/program.hpp"
#include "net/listener.hpp"

namespace wireproof {
namespace {

using boost::system::error_code;

void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

}  // namespace

EventServer::EventServer(asio::io_context& context, tcp::acceptor& listener, SessionFactory make_session,
                         EventOptions options)
    : context_(context),
      listener_(listener),
      signals_(context, SIGINT, SIGTERM),
      make_session_(std::move(make_session)),
      options_(options),
      client_left_(context) {}

void EventServer::run() {
  signals_.async_wait([&](error_code error, int signal) {
    if (!error) stop(signal);
  });
  asio::co_spawn(context_, serve(), rethrow);
  context_.run();
}

asio::awaitable<void> EventServer::serve() {
  for (;;) {
    while (listener_.is_open() && clients_.size() >= options_.max_clients) {
      error_code ignored;
      client_left_.expires_at(asio::steady_timer::time_point::max());
      co_await client_left_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    auto client = co_await accept_client(listener_);
    if (!client) co_return;
    clients_.push_back(std::move(*client));
    asio::co_spawn(context_, attend(std::prev(clients_.end())), rethrow);
  }
}

asio::awaitable<void> EventServer::attend(std::list<tcp::socket>::iterator client) {
  const auto session = make_session_();
  co_await converse(*client, *session, options_.conversation);
  clients_.erase(client);
  client_left_.cancel();
}

void EventServer::stop(int signal) {
  say("SIG{}: closing the listener", sigabbrev_np(signal));
  error_code ignored;
  listener_.close(ignored);
  for (auto& client : clients_) client.shutdown(tcp::socket::shutdown_both, ignored);
}

}  // namespace wireproof
