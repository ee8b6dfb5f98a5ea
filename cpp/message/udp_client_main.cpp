// udp-client: sends each line as a datagram and prints the answers.

#include <boost/asio/io_context.hpp>

#include "base/listener.hpp"
#include "message/client_command.hpp"

using namespace wireproof;
using namespace wireproof::message;
using asio::ip::udp;

namespace {

udp::endpoint find_server(asio::io_context& context, const std::string& host, std::uint16_t port) {
  boost::system::error_code error;
  udp::resolver resolver(context);
  const auto found = resolver.resolve(host, std::to_string(port), udp::resolver::numeric_service, error);
  if (error) throw Failure(fmt::format("resolve {}", printable(host)), error);
  return found.begin()->endpoint();
}

}  // namespace

int main(int argc, char** argv) {
  ClientCommand command;
  command.options.stream = false;
  command.options.patience = 1;
  bool connected = false;

  const auto declare = [&](CommandLine& line) {
    declare_client(line, command, 65507);
    line.flag("--connected", connected,
              "connect the socket: a refusal (ICMP port unreachable) then is an error instead of silence");
  };
  const auto run = [&] {
    asio::io_context context;
    const udp::endpoint server = find_server(context, command.host, command.port);
    const StopSignals signals;
    udp::socket socket(context, server.protocol());
    const std::string name = name_of(server.address(), server.port());
    boost::system::error_code error;
    if (connected) socket.connect(server, error);
    if (error) throw Failure(fmt::format("connect to {}", name), error);
    Channel channel{.socket = socket.native_handle(), .peer = name, .stream = false, .to = {}};
    if (!connected) channel.to = server;
    return talk(command, channel, signals);
  };
  return run_program(
      argc, argv,
      {"udp-client", "Sends each line as a datagram and prints the answers. The message \"end\", or Ctrl+D, ends it.",
       "  udp-client 10.0.0.2                                what is typed, to port 12800\n"
       "  udp-client h2 --count 1000 --size 500 --no-wait    as fast as they go: are some lost?\n"
       "  udp-client h2 --connected                          learns when nobody listens"},
      declare, run);
}
