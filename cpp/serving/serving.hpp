#pragma once
// The ways to serve many TCP clients, behind one door and one set of options.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "command_line/program.hpp"
#include "net/listener.hpp"
#include "serving/conversation.hpp"
#include "serving/session.hpp"

namespace wireproof {

enum class Serving {
  iterative,  ///< one client after another
  fork,       ///< a process for each client
  select,     ///< one process that waits with select(2)
  events,     ///< one process that waits with epoll(7), through Asio
};

struct ServingOptions {
  ListenOptions where;
  std::string mode = "iterative";
  std::optional<std::size_t> max_clients;  ///< at once; nothing: 1000 processes, or as many as the mode can
  ConversationOptions conversation;
};

struct Served {
  bool in_child = false;      ///< this is a process that fork made for one client
  bool failed = false;        ///< a process for one client failed; it has told why
  std::uint64_t refused = 0;  ///< clients that were closed at once: no descriptor for select, no process
};

/// Adds --mode, --address, --backlog, --max-clients and --idle-timeout. `modes`: what the program calls the modes it
/// has. Gives those that are about connections: all but --address.
std::vector<Option> declare_serving(CommandLine& line, ServingOptions& options,
                                    const std::map<std::string, Serving>& modes);

/// Listens, says "listening on [::]:1234 (tcp, MODE)", and serves until SIGINT or SIGTERM.
Served serve_clients(const ServingOptions& options, const std::map<std::string, Serving>& modes,
                     const SessionFactory& make_session);

}  // namespace wireproof
