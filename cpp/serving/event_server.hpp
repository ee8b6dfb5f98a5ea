#pragma once
// A TCP server in one process: an event loop (Asio's, on epoll) attends to every client that is being served.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <list>

#include "loop/signals.hpp"
#include "serving/conversation.hpp"
#include "serving/session.hpp"

namespace wireproof {

struct EventOptions {
  std::size_t max_clients = 1;  ///< served at once; more wait, connected by the kernel, in the backlog
  ConversationOptions conversation;
};

/// With max_clients 1 the server is iterative: one client after another.
class EventServer {
 public:
  /// `listener` must belong to `context`, which runs nothing else. From now on SIGINT and SIGTERM end run() and not the
  /// process.
  EventServer(asio::io_context& context, tcp::acceptor& listener, SessionFactory make_session, EventOptions options);
  EventServer(const EventServer&) = delete;
  EventServer& operator=(const EventServer&) = delete;
  /// What run() came to is the exit status, and SIGINT and SIGTERM do not change it any more.
  ~EventServer() { hold_back({SIGINT, SIGTERM}); }

  /// Serves until SIGINT or SIGTERM; then closes the listener first, and the clients being served next.
  void run();

 private:
  asio::awaitable<void> serve();
  asio::awaitable<void> attend(std::list<tcp::socket>::iterator client);
  void stop(int signal);

  asio::io_context& context_;
  tcp::acceptor& listener_;
  asio::signal_set signals_;
  SessionFactory make_session_;
  EventOptions options_;
  std::list<tcp::socket> clients_;
  asio::steady_timer client_left_;  ///< cancelled whenever a client has left
};

}  // namespace wireproof
