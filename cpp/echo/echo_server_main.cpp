// echo-server: sends back to each TCP client what it sends, or each datagram where it came from.

#include "command_line/program.hpp"
#include "echo/echo_datagrams.hpp"
#include "echo/echo_session.hpp"
#include "serving/datagram_server.hpp"
#include "serving/serving.hpp"

using namespace wireproof;

namespace {

ExitStatus echo_datagrams(const ListenOptions& where) {
  DatagramServer server({.port = where.port, .address = where.address});
  EchoDatagrams echo(server.port());
  const DatagramReport report =
      server.run([&](const UdpSocket::Datagram& datagram) { return echo.receive(datagram.from, datagram.bytes); });
  say("received {} datagrams ({} bytes), sent back {}, left {} whose answer would be answered; {} dropped by the "
      "kernel, "
      "{} not read any more",
      echo.received(), echo.bytes(), report.answered, echo.left(), report.dropped, report.unread);
  return ExitStatus::ok;
}

}  // namespace

int main(int argc, char** argv) {
  const std::map<std::string, Serving> modes{{"iterative", Serving::iterative},
                                             {"fork", Serving::fork},
                                             {"select", Serving::select},
                                             {"async", Serving::events}};
  ServingOptions options;
  EchoWords words;
  bool udp = false;

  const auto declare = [&](CommandLine& line) {
    line.option("PORT", options.where.port, "port to listen on; 0 lets the kernel choose one").required();
    std::vector<Option> of_connections = declare_serving(line, options, modes);
    of_connections.push_back(line.option("--welcome", words.welcome, "send this text to each client first"));
    of_connections.push_back(
        line.option("--reply-prefix", words.reply_prefix, "send this text before each line that comes back"));
    of_connections.push_back(
        line.option("--goodbye", words.goodbye, "send this text after the client's end of stream"));
    of_connections.push_back(line.flag("--acknowledged-goodbye", options.conversation.acknowledged_goodbye,
                                       "end the connection only when the client has acknowledged all that was sent to "
                                       "it"));
    const Option only_udp = line.flag("--udp", udp, "send back datagrams: one socket for all clients, none waits");
    for (const Option& option : of_connections) option.excludes(only_udp);
  };
  const auto serve = [&] {
    if (udp) return echo_datagrams(options.where);
    const Served served = serve_clients(options, modes, [&] { return std::make_unique<EchoSession>(words); });
    return served.failed ? ExitStatus::failed : ExitStatus::ok;
  };
  return run_program(argc, argv,
                     {"echo-server", "Sends back to each client what it sends, over TCP or UDP.",
                      "  echo-server 1234                                one client after another\n"
                      "  echo-server 1234 --mode fork                    many clients at once\n"
                      "  echo-server 1234 --udp                          datagrams, of any number of clients\n"
                      "  echo-server 1234 --idle-timeout 60              leaves a client that is silent for a minute\n"
                      "  echo-server 1234 --welcome $'Hello, talk!\\n'    a server that speaks first\n"
                      "  nc 127.0.0.1 1234                               a client; Ctrl+D ends it"},
                     declare, serve);
}
