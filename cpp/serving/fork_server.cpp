#include "serving/fork_server.hpp"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cerrno>
#include <exception>

#include "command_line/program.hpp"
#include "net/listener.hpp"

namespace wireproof {

using boost::system::error_code;
using Timer = asio::steady_timer;

ForkServer::ForkServer(asio::io_context& context, tcp::acceptor& listener, SessionFactory make_session,
                       ForkOptions options)
    : context_(context),
      listener_(listener),
      make_session_(std::move(make_session)),
      options_(options),
      stop_signals_(context, SIGINT, SIGTERM),
      child_signals_(context, SIGCHLD),
      child_ended_(context) {}

void ForkServer::run() {
  const auto rethrow = [](std::exception_ptr error) {
    if (error) std::rethrow_exception(error);
  };
  asio::co_spawn(context_, serve(), rethrow);
  asio::co_spawn(context_, reap(), rethrow);
  asio::co_spawn(context_, stop(), rethrow);
  context_.run();
}

asio::awaitable<void> ForkServer::serve() {
  for (;;) {
    while (listener_.is_open() && children_.size() >= options_.max_clients)
      co_await child_ends_or(Timer::time_point::max());
    client_ = co_await accept_client(listener_);
    if (!client_) co_return;
    const pid_t child = fork_child();
    if (in_child_) break;
    if (child < 0) {
      const int error = errno;
      ++refused_;
      say("fork for client {}: {}; connection closed", peer_name(*client_), strerror(error));
    } else {
      children_.insert(child);
    }
    client_.reset();
  }
  const auto session = make_session_();
  co_await converse(*client_, *session, options_.conversation);
  client_.reset();
  stop_signals_.cancel();
}

/// fork(2) for a process that runs Asio. Signals are held back until the child has its own signal pipe and epoll
/// instance: before that, a signal to the child would be read by its parent.
pid_t ForkServer::fork_child() {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, &before);
  const pid_t parent = getpid();
  context_.notify_fork(asio::io_context::fork_prepare);
  const pid_t child = ::fork();
  const int fork_error = errno;
  in_child_ = child == 0;
  context_.notify_fork(in_child_ ? asio::io_context::fork_child : asio::io_context::fork_parent);
  if (in_child_) {
    listener_.close();
    stop_reaping();
    children_.clear();
    prctl(PR_SET_PDEATHSIG, SIGTERM);  // a child does not outlive a server that was killed
    if (getppid() != parent) ::raise(SIGTERM);
  }
  sigprocmask(SIG_SETMASK, &before, nullptr);
  errno = fork_error;
  return child;
}

asio::awaitable<void> ForkServer::reap() {
  while (reaping_) {
    error_code error;
    co_await child_signals_.async_wait(asio::redirect_error(asio::use_awaitable, error));
    if (error || !reaping_) co_return;
    int status = 0;
    // One SIGCHLD may stand for several children.
    for (pid_t child; (child = ::waitpid(-1, &status, WNOHANG)) > 0;) {
      children_.erase(child);
      failed_ = failed_ || (WIFEXITED(status) && WEXITSTATUS(status) != 0);
      if (WIFSIGNALED(status)) say("client process {} ended by SIG{}", child, sigabbrev_np(WTERMSIG(status)));
    }
    child_ended_.cancel();
  }
}

/// cancel() alone does not end a wait for which another SIGCHLD is under way already.
void ForkServer::stop_reaping() {
  reaping_ = false;
  child_signals_.cancel();
}

asio::awaitable<void> ForkServer::stop() {
  error_code error;
  const int signal = co_await stop_signals_.async_wait(asio::redirect_error(asio::use_awaitable, error));
  if (error) co_return;
  if (in_child_) {
    if (client_) client_->shutdown(tcp::socket::shutdown_both, error);
    co_return;
  }
  say("SIG{}: closing the listener", sigabbrev_np(signal));
  listener_.close(error);
  co_await end_children();
  stop_reaping();
}

asio::awaitable<void> ForkServer::end_children() {
  if (!children_.empty()) say("ending {} client process(es)", children_.size());
  for (const pid_t child : children_) ::kill(child, SIGTERM);
  const auto deadline = Timer::clock_type::now() + options_.patience;
  while (!children_.empty() && Timer::clock_type::now() < deadline) co_await child_ends_or(deadline);
  if (!children_.empty()) {
    say("{} client process(es) did not end in {} ms and are killed", children_.size(), options_.patience.count());
  }
  for (const pid_t child : children_) ::kill(child, SIGKILL);
  while (!children_.empty()) co_await child_ends_or(Timer::time_point::max());
}

asio::awaitable<void> ForkServer::child_ends_or(Timer::time_point deadline) {
  error_code ignored;
  child_ended_.expires_at(deadline);
  co_await child_ended_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

}  // namespace wireproof
