#pragma once
// What tcp-client and udp-client have in common: their options, and how they end.

#include <string>

#include "command_line/program.hpp"
#include "message/client_loop.hpp"
#include "message/message_client.hpp"

namespace wireproof::message {

struct ClientCommand {
  std::string host;
  std::uint16_t port = kPort;
  bool no_wait = false;
  std::string json;
  ClientOptions options;
};

/// Adds HOST, PORT, --count, --size, --interval, --no-wait, --timeout, --json. `largest`: bytes of a message, at most.
void declare_client(CommandLine& line, ClientCommand& command, std::size_t largest);

/// Talks on the channel until all is said, prints each answer, and tells (and writes to --json) what was sent and
/// answered. `signals` must have been there before the socket was connected. Throws Failure when something is wrong.
ExitStatus talk(const ClientCommand& command, const Channel& channel, const StopSignals& signals);

}  // namespace wireproof::message
