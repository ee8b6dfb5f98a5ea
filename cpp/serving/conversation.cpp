#include "serving/conversation.hpp"

#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>

#include "loop/loop.hpp"
#include "net/listener.hpp"
#include "serving/dialogue.hpp"
#include "serving/exchange.hpp"

namespace wireproof {
namespace {

using boost::system::error_code;

asio::awaitable<void> discard_until_end(tcp::socket& client) {
  std::array<char, 1024> ignored;
  for (error_code error; !error;) {
    co_await client.async_read_some(asio::buffer(ignored), into(error));
  }
}

/// Closing a socket with unread bytes sends RST, which can destroy our last words on their way: read on for a moment.
asio::awaitable<void> close_after_last_words(tcp::socket& client) {
  using namespace asio::experimental::awaitable_operators;
  asio::steady_timer timer(client.get_executor(), kFarewell);
  error_code ignored;
  client.shutdown(tcp::socket::shutdown_send, ignored);
  co_await (discard_until_end(client) || timer.async_wait(into(ignored)));
}

asio::awaitable<void> wait_for_acknowledgement(tcp::socket& client) {
  const Clock clock;
  asio::steady_timer timer(client.get_executor());
  error_code ignored;
  while (!all_acknowledged(client.native_handle()) && clock.now() < kFarewell) {
    timer.expires_after(std::chrono::milliseconds(1));
    co_await timer.async_wait(into(ignored));
  }
}

}  // namespace

Option declare_idle_timeout(CommandLine& line, ConversationOptions& options) {
  return line
      .option(
          "--idle-timeout", [&](double seconds) { options.idle_timeout = patience_of(seconds); },
          "leave a client when nothing came from it or went to it for this many seconds (default: never)")
      .between(0.001, 86400.0);
}

std::string idle_for(std::chrono::milliseconds timeout) {
  return fmt::format("idle for {} s", std::chrono::duration<double>(timeout).count());
}

bool all_acknowledged(int socket) {
  int outstanding = 0;
  if (::ioctl(socket, SIOCOUTQ, &outstanding) != 0 || outstanding == 0) return true;
  tcp_info information{};
  socklen_t length = sizeof information;
  const bool known = ::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &information, &length) == 0;
  return known && information.tcpi_state == TCP_CLOSE;  // reset: nobody is left to acknowledge
}

void tell_departure(const std::string& client, std::uint64_t bytes, const std::string& error) {
  say("client {} left after {} bytes{}{}", client, bytes, error.empty() ? "" : ": ", error);
}

asio::awaitable<void> converse(tcp::socket& client, Session& session, ConversationOptions options) {
  const std::string name = peer_name(client);
  say("client {} connected", name);
  session.meet(name);
  Dialogue dialogue(session, options.acknowledged_goodbye);
  MessageExchange exchange(client, dialogue, options.receive_size, options.idle_timeout);
  error_code error;

  for (Dialogue::Step step = dialogue.step(); !error; step = dialogue.step()) {
    if (step == Dialogue::Step::send || step == Dialogue::Step::receive) {
      error = co_await exchange.run();
    } else if (step == Dialogue::Step::settle) {
      co_await wait_for_acknowledgement(client);
      dialogue.settled();
    } else if (step == Dialogue::Step::discard) {
      co_await close_after_last_words(client);
      break;
    } else {
      client.shutdown(tcp::socket::shutdown_send, error);
      break;
    }
  }
  const bool idle = error == asio::error::timed_out && options.idle_timeout.count() > 0;
  tell_departure(name, dialogue.bytes_received(), idle ? idle_for(options.idle_timeout) : error ? error.message() : "");
  client.close(error);
}

}  // namespace wireproof
