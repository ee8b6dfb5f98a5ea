// udp-client: sends each line as a datagram and prints the answers.

#include "message/client_command.hpp"
#include "net/resolve.hpp"

using namespace wireproof;
using namespace wireproof::message;

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
    const Address server = resolve(command.host, command.port).front();
    const StopSignals signals;
    UdpSocket socket(server.family());
    Channel channel{.peer = name_of(server), .datagrams = &socket};
    if (!connected) {
      channel.to = server;
    } else if (const int error = socket.connect(server); error != 0) {
      fail(fmt::format("connect to {}", channel.peer), error);
    }
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
