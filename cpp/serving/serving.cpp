#include "serving/serving.hpp"

#include <limits>

#include "net/asio_address.hpp"
#include "serving/event_server.hpp"
#include "serving/fork_server.hpp"
#include "serving/select_server.hpp"

namespace wireproof {
namespace {

std::string explained(Serving mode) {
  switch (mode) {
    case Serving::iterative:
      return "one client after another";
    case Serving::fork:
      return "a process for each client";
    case Serving::select:
      return "one process, waiting with select(2) for fewer than 1,024 clients";
    default:
      return "one process, waiting with epoll(7) for any number of clients";
  }
}

}  // namespace

std::vector<Option> declare_serving(CommandLine& line, ServingOptions& options,
                                    const std::map<std::string, Serving>& modes) {
  std::string help;
  std::vector<std::string> names;
  for (const auto& [name, mode] : modes) {
    help += fmt::format("{}{}: {}", help.empty() ? "" : "; ", name, explained(mode));
    names.push_back(name);
  }
  std::vector<Option> of_connections{line.option("--mode", options.mode, help).one_of(names).show_default()};
  line.option("--address", options.where.address, "listen on this address only (default: all, IPv4 and IPv6)");
  of_connections.push_back(line.option("--backlog", options.where.backlog, "connections that may wait to be accepted")
                               .between(0, 65535)
                               .show_default());
  of_connections.push_back(
      line.option(
              "--max-clients", options.max_clients,
              "clients at once, the others wait in the backlog (default: 1000 processes with fork, 1 with iterative, "
              "otherwise no bound)")
          .between(1, 1000000));
  of_connections.push_back(declare_idle_timeout(line, options.conversation));
  return of_connections;
}

Served serve_clients(const ServingOptions& options, const std::map<std::string, Serving>& modes,
                     const SessionFactory& make_session) {
  const Serving mode = modes.at(options.mode);
  if (mode == Serving::iterative && options.max_clients.value_or(1) != 1) {
    throw UsageError("--max-clients: an iterative server has one client at a time");
  }
  if (mode == Serving::select || mode == Serving::events) raise_descriptor_limit();
  asio::io_context context;
  tcp::acceptor listener = open_listener(context, options.where);
  const auto tell = [&] {
    say("listening on {} (tcp, {})", name_of(address_of(listener.local_endpoint())), options.mode);
  };

  if (mode == Serving::fork) {
    ForkServer server(context, listener, make_session,
                      {.max_clients = options.max_clients.value_or(1000), .conversation = options.conversation});
    tell();
    server.run();
    return {server.in_child(), server.failed(), server.refused()};
  }
  if (mode == Serving::select) {
    SelectServer server(
        listener, make_session,
        {.max_clients = options.max_clients.value_or(FD_SETSIZE), .conversation = options.conversation});
    tell();
    server.run();
    return {false, false, server.refused()};
  }
  const std::size_t bound = mode == Serving::iterative ? 1 : std::numeric_limits<std::size_t>::max();
  EventServer server(context, listener, make_session,
                     {.max_clients = options.max_clients.value_or(bound), .conversation = options.conversation});
  tell();
  server.run();
  return {};
}

}  // namespace wireproof
