// echo-server: sends back to each TCP client what it sends.

#include "base/fork_server.hpp"
#include "base/listener.hpp"
#include "base/program.hpp"
#include "echo/echo_session.hpp"
#include "echo/iterative_server.hpp"

using namespace wireproof;

int main(int argc, char** argv) {
  ListenOptions where;
  ForkOptions limits;
  std::string mode = "iterative";

  const auto declare = [&](CLI::App& app) {
    app.add_option("PORT", where.port, "TCP port to listen on; 0 lets the kernel choose one")->required();
    app.add_option("--mode", mode, "iterative: one client after another; fork: a process for each client")
        ->check(CLI::IsMember({"iterative", "fork"}))
        ->capture_default_str();
    app.add_option("--address", where.address, "listen on this address only (default: all, IPv4 and IPv6)");
    app.add_option("--backlog", where.backlog, "connections that may wait to be accepted")
        ->check(CLI::Range(0, 65535))
        ->capture_default_str();
    app.add_option("--max-clients", limits.max_clients, "fork mode: clients at once, the others wait in the backlog")
        ->check(CLI::Range(1, 1000000))
        ->capture_default_str();
  };
  const auto serve = [&] {
    asio::io_context context;
    tcp::acceptor listener = open_listener(context, where);
    const auto make_session = [] { return std::make_unique<EchoSession>(); };
    const auto tell = [&] { say("listening on {} (tcp, {})", name_of(listener.local_endpoint()), mode); };
    if (mode == "fork") {
      ForkServer server(context, listener, make_session, limits);
      tell();
      server.run();
    } else {
      tell();
      serve_iteratively(context, listener, make_session);
    }
    return ExitStatus::ok;
  };
  return run_program(argc, argv,
                     {"echo-server", "Sends back to each TCP client what it sends.",
                      "  echo-server 1234               one client after another\n"
                      "  echo-server 1234 --mode fork   many clients at once\n"
                      "  nc 127.0.0.1 1234              a client; Ctrl+D ends it"},
                     declare, serve);
}
