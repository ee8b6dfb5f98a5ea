#include "net/connect.hpp"

#include <unistd.h>

#include <boost/asio/posix/stream_descriptor.hpp>

#include "command_line/program.hpp"
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

}  // namespace wireproof
