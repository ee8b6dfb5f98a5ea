#include "base/connect.hpp"

#include "base/listener.hpp"
#include "base/program.hpp"

namespace wireproof {

using boost::system::error_code;

tcp::socket connect_to(asio::io_context& context, const std::string& host, std::uint16_t port,
                       std::chrono::milliseconds patience) {
  error_code error;
  tcp::resolver resolver(context);
  const auto found = resolver.resolve(host, std::to_string(port), tcp::resolver::numeric_service, error);
  if (error) throw Failure(fmt::format("resolve {}", host), error);

  std::string refused;
  for (const auto& candidate : found) {
    if (!refused.empty()) say_line(refused);
    tcp::socket socket(context);
    socket.async_connect(candidate.endpoint(), [&](error_code outcome) { error = outcome; });
    context.restart();
    if (patience.count() == 0) {
      context.run();
    } else if (context.run_for(patience); !context.stopped()) {
      socket.close();
      context.run();
      error = asio::error::timed_out;
    }
    if (!error) return socket;
    refused = fmt::format("connect to {}: {}", name_of(candidate.endpoint()), error.message());
  }
  throw Failure(refused);
}

}  // namespace wireproof
