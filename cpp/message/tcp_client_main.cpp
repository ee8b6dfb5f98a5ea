// tcp-client: sends each line as a message over TCP and prints the answers.

#include "message/client_command.hpp"
#include "net/connect.hpp"
#include "net/listener.hpp"
#include "net/resolve.hpp"

using namespace wireproof;
using namespace wireproof::message;

int main(int argc, char** argv) {
  ClientCommand command;
  std::string framing = "recv";

  const auto declare = [&](CommandLine& line) {
    declare_client(line, command, 1 << 20);
    line.option("--framing", framing,
                "recv: a message is its bytes and what one recv returns is an answer; line: LF ends both")
        .one_of({"recv", "line"})
        .show_default();
  };
  const auto run = [&] {
    command.options.framing = framing == "line" ? Framing::line : Framing::recv;
    asio::io_context context;
    const auto addresses = resolve(command.host, command.port);
    const StopSignals signals;
    auto socket = connect_to(context, addresses, patience_of(command.options.patience), &signals);
    if (!socket) return talk(command, {.peer = name_of(addresses.front())}, signals);
    return talk(command, {.peer = peer_name(*socket), .stream = socket->native_handle()}, signals);
  };
  return run_program(
      argc, argv,
      {"tcp-client",
       "Sends each line as a message over TCP and prints the answers. The message \"end\", or Ctrl+D, ends it.",
       "  tcp-client 10.0.0.2                          what is typed, to port 12800\n"
       "  echo hi | tcp-client h2 12800                one message\n"
       "  tcp-client h2 --count 100 --size 500         a series, each after the answer to the last\n"
       "  tcp-client h2 --count 100 --no-wait          TCP then joins messages as it likes"},
      declare, run);
}
