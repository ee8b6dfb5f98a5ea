#include "echo/iterative_server.hpp"

#include <signal.h>
#include <string.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>

#include <exception>
#include <optional>

#include "base/conversation.hpp"
#include "base/listener.hpp"
#include "base/program.hpp"

namespace wireproof {

void serve_iteratively(asio::io_context& context, tcp::acceptor& listener, const SessionFactory& make_session) {
  std::optional<tcp::socket> client;

  asio::signal_set signals(context, SIGINT, SIGTERM);
  signals.async_wait([&](boost::system::error_code error, int signal) {
    if (error) return;
    say("SIG{}: closing the listener", sigabbrev_np(signal));
    listener.close(error);
    if (client) client->shutdown(tcp::socket::shutdown_both, error);
  });

  const auto serve = [&]() -> asio::awaitable<void> {
    for (;;) {
      client = co_await accept_client(listener);
      if (!client) co_return;
      const auto session = make_session();
      co_await converse(*client, *session);
      client.reset();
    }
  };
  asio::co_spawn(context, serve, [](std::exception_ptr error) {
    if (error) std::rethrow_exception(error);
  });
  context.run();
}

}  // namespace wireproof
