#include "message/client_command.hpp"

#include <unistd.h>

#include "base/json_object.hpp"

namespace wireproof::message {

void declare_client(CommandLine& line, ClientCommand& command, std::size_t largest) {
  ClientOptions& options = command.options;
  line.option("HOST", command.host, "name or address of the server").required();
  line.option("PORT,--port", command.port, "port of the server").between(1, 65535).show_default();
  const Option count =
      line.option("--count", options.count, "send a series of this many messages instead of the input's lines")
          .between(1, 1'000'000'000);
  line.option("--size", options.size, "bytes of each message of the series")
      .between(std::size_t{1}, largest)
      .needs(count)
      .show_default();
  line.option("--interval", options.interval, "seconds from the beginning of one message of the series to the next")
      .between(0.0, 86400.0)
      .needs(count)
      .show_default();
  line.flag("--no-wait", command.no_wait, "do not wait for the answer before the next message");
  line.option("--timeout", options.patience,
              options.stream ? "give up when an answer takes longer than these seconds; 0: never"
                             : "seconds to wait for an answer, or for more answers at the end")
      .between(options.stream ? 0.0 : 0.001, 86400.0)
      .show_default();
  line.option("--json", command.json, "write what was sent and answered to this file, - for standard output");
}

ExitStatus talk(const ClientCommand& command, const Channel& channel, const StopSignals& signals) {
  ClientOptions options = command.options;
  options.waits = !command.no_wait;
  MessageClient client(
      options, [&](std::string_view answer) { print_line(fmt::format("{}: {}", channel.peer, printable(answer))); },
      [&](const std::string& remark) { say("{}: {}", channel.peer, remark); });
  const bool interrupted = run_client(client, channel, STDIN_FILENO, signals);

  if (options.count > 0 || client.unanswered() > 0) {
    say("sent {} messages ({} bytes), {} answered, {} not", client.messages_sent(), client.bytes_sent(),
        client.answers(), client.unanswered());
  }
  if (!command.json.empty()) {
    JsonObject json;
    json.add("sent", client.messages_sent())
        .add("bytes", client.bytes_sent())
        .add("answered", client.answers())
        .add("unanswered", client.unanswered());
    write_json(json, command.json);
  }
  if (const auto complaint = client.complaint(); complaint && !interrupted) {
    throw Failure(fmt::format("{}: {}", channel.peer, *complaint));
  }
  return ExitStatus::ok;
}

}  // namespace wireproof::message
