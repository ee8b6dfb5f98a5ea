#include "base/connect.hpp"

#include <unistd.h>

#include <boost/asio/posix/stream_descriptor.hpp>

#include "base/listener.hpp"
#include "base/program.hpp"

namespace wireproof {

using boost::system::error_code;

TcpAddresses resolve(asio::io_context& context, const std::string& host, std::uint16_t port) {
  error_code error;
  tcp::resolver resolver(context);
  TcpAddresses found = resolver.resolve(host, std::to_string(port), tcp::resolver::numeric_service, error);
  if (error) throw Failure(fmt::format("resolve {}", printable(host)), error);
  return found;
}

std::optional<tcp::socket> connect_to(asio::io_context& context, const TcpAddresses& addresses,
                                      std::chrono::milliseconds patience, const StopSignals* signals) {
  asio::posix::stream_descriptor watched(context);
  if (signals != nullptr) watched.assign(::dup(signals->descriptor()));
  std::string refused;
  for (const auto& candidate : addresses) {
    if (!refused.empty()) say_line(refused);
    tcp::socket socket(context);
    error_code error;
    error_code ignored;
    bool stopped = false;
    socket.async_connect(candidate.endpoint(), [&](error_code outcome) {
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
    context.restart();
    if (patience.count() == 0) {
      context.run();
    } else if (context.run_for(patience); !context.stopped()) {
      socket.close();
      watched.cancel(ignored);
      context.run();
      error = asio::error::timed_out;
    }
    if (stopped) return std::nullopt;
    if (!error) return socket;
    refused = fmt::format("connect to {}: {}", name_of(candidate.endpoint()), error.message());
  }
  throw Failure(refused);
}

}  // namespace wireproof
