#include "net/connect.hpp"

#include <netinet/tcp.h>
#include <unistd.h>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "command_line/program.hpp"
#include "loop/loop.hpp"
#include "net/asio_address.hpp"

namespace wireproof {

using boost::system::error_code;

std::optional<tcp::socket> connect_to(asio::io_context& context, const std::vector<Address>& addresses,
                                      std::chrono::milliseconds patience, const StopSignals* signals) {
  asio::posix::stream_descriptor watched(context);
  if (signals != nullptr) watched.assign(::dup(signals->descriptor()));
  std::string refused;
  for (const Address& candidate : addresses) {
    if (!refused.empty()) say_line(refused);
    tcp::socket socket(context);
    error_code error;
    error_code ignored;
    bool stopped = false;
    socket.async_connect(asio_endpoint<tcp>(candidate), [&](error_code outcome) {
      error = outcome;
      watched.cancel(ignored);
    });
    if (signals != nullptr) {
      watched.async_wait(asio::posix::stream_descriptor::wait_read, [&](error_code outcome) {
        if (outcome) return;
        stopped = true;
        socket.close();
      });
    }
    if (patience.count() == 0) {
      context.run();
    } else if (context.run_for(patience); !context.stopped()) {
      socket.close();
      watched.cancel(ignored);
      context.run();
      error = asio::error::timed_out;
    }
    context.restart();
    if (stopped) return std::nullopt;
    if (!error) return socket;
    refused = fmt::format("connect to {}: {}", name_of(candidate), error.message());
  }
  throw Failure(refused);
}

asio::awaitable<Handshake> shake_hands(asio::io_context& context, const Address& peer, Time patience) {
  using namespace asio::experimental::awaitable_operators;
  Handshake result{tcp::socket(context), {}};
  asio::steady_timer timer(context, asio::steady_timer::time_point::max());
  if (patience > Time(0)) timer.expires_after(patience);
  error_code ignored;
  result.began = read_clock(CLOCK_MONOTONIC);
  const auto first = co_await (result.socket.async_connect(asio_endpoint<tcp>(peer), into(result.error)) ||
                               timer.async_wait(into(ignored)));
  result.ended = read_clock(CLOCK_MONOTONIC);
  if (first.index() == 1) result.error = asio::error::timed_out;
  tcp_info information{};
  socklen_t length = sizeof information;
  if (!result.socket.is_open() ||
      ::getsockopt(result.socket.native_handle(), IPPROTO_TCP, TCP_INFO, &information, &length) != 0) {
    co_return result;
  }
  result.was_repeated = information.tcpi_total_retrans > 0;
  if (!result.error) result.round_trip = std::chrono::microseconds(information.tcpi_rtt);
  co_return result;
}

}  // namespace wireproof
