#pragma once
// A concurrent TCP server: one child process for each client.

#include <sys/types.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <optional>
#include <set>

#include "loop/signals.hpp"
#include "serving/conversation.hpp"
#include "serving/session.hpp"

namespace wireproof {

struct ForkOptions {
  std::size_t max_clients = 1000;            ///< children at once; more clients wait in the backlog
  std::chrono::milliseconds patience{2000};  ///< how long children may take to end after SIGTERM
  ConversationOptions conversation;
};

/// Accepts, forks, reaps, and stops on SIGINT or SIGTERM: closes the listener first, then ends the children.
/// When fork fails the client is closed, which is told, and the server goes on.
class ForkServer {
 public:
  /// `listener` must belong to `context`, which runs nothing else. From now on SIGINT and SIGTERM end run() and not the
  /// process.
  ForkServer(asio::io_context& context, tcp::acceptor& listener, SessionFactory make_session, ForkOptions options = {});
  ForkServer(const ForkServer&) = delete;
  ForkServer& operator=(const ForkServer&) = delete;
  /// What run() came to is the exit status, and SIGINT and SIGTERM do not change it any more.
  ~ForkServer() { hold_back({SIGINT, SIGTERM}); }

  /// Returns in the server once it is stopped and no child is left, and in each child once its client has left.
  void run();

  /// True in the children, once run() has returned.
  bool in_child() const { return in_child_; }

  /// Whether a client's process failed; it has told why.
  bool failed() const { return failed_; }

  /// Clients closed because fork failed.
  std::uint64_t refused() const { return refused_; }

 private:
  asio::awaitable<void> serve();
  asio::awaitable<void> reap();
  asio::awaitable<void> stop();
  asio::awaitable<void> end_children();
  asio::awaitable<void> child_ends_or(asio::steady_timer::time_point deadline);
  pid_t fork_child();
  void stop_reaping();

  asio::io_context& context_;
  tcp::acceptor& listener_;
  SessionFactory make_session_;
  ForkOptions options_;
  asio::signal_set stop_signals_;
  asio::signal_set child_signals_;
  asio::steady_timer child_ended_;     ///< cancelled whenever a child was reaped
  std::set<pid_t> children_;           ///< not yet reaped; empty in a child
  std::optional<tcp::socket> client_;  ///< a child's only client
  std::uint64_t refused_ = 0;
  bool reaping_ = true;
  bool in_child_ = false;
  bool failed_ = false;
};

}  // namespace wireproof
