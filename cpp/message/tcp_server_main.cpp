// tcp-server: answers each message of its TCP clients.

#include "message/message_session.hpp"
#include "message/shared_tally.hpp"
#include "serving/serving.hpp"

using namespace wireproof;
using namespace wireproof::message;

int main(int argc, char** argv) {
  const std::map<std::string, Serving> modes{{"iterative", Serving::iterative},
                                             {"fork", Serving::fork},
                                             {"select", Serving::select},
                                             {"epoll", Serving::events}};
  ServingOptions options;
  options.where.port = kPort;
  options.conversation.receive_size = 64 * 1024;
  std::string framing = "recv";
  MessageSession::Options session;
  std::string json;
  bool quiet = false;

  const auto declare = [&](CommandLine& line) {
    line.option("PORT,--port", options.where.port, "TCP port to listen on; 0 lets the kernel choose one")
        .show_default();
    declare_serving(line, options, modes);
    line.option("--framing", framing,
                "recv: what one recv returns is a message, with or without a line end; line: LF ends a message")
        .one_of({"recv", "line"})
        .show_default();
    line.option("--receive-size", options.conversation.receive_size, "most bytes that one recv takes")
        .between(1, 16 << 20)
        .show_default();
    line.option("--longest-line", session.longest_line, "bytes kept of a line (--framing line); the rest is lost")
        .between(1, 16 << 20)
        .show_default();
    line.flag("--quiet", quiet, "do not print the messages");
    line.option("--json", json, "at the end, write what was counted to this file, - for standard output");
  };
  const auto serve = [&] {
    session.framing = framing == "line" ? Framing::line : Framing::recv;
    const SharedTally shared;
    Tally& tally = *shared;
    const MessageSink sink = [&](const Message& message) {
      if (!quiet) print_line(described(message));
    };
    const Served served =
        serve_clients(options, modes, [&] { return std::make_unique<MessageSession>(session, tally, sink); });
    if (served.in_child) return ExitStatus::ok;
    say("{}; {} clients refused", counts_sentence(tally), served.refused);
    if (!json.empty()) {
      JsonObject report = counts_json(tally, "tcp");
      report.add("refused", served.refused).add("mode", options.mode).add("framing", framing);
      write_json(report, json);
    }
    return served.failed ? ExitStatus::failed : ExitStatus::ok;
  };
  return run_program(argc, argv,
                     {"tcp-server", "Answers \"Message received\" to each message of its TCP clients, until \"end\".",
                      "  tcp-server                                  on port 12800, one client after another\n"
                      "  tcp-server 12800 --mode fork                a process for each client\n"
                      "  tcp-server --idle-timeout 60                leaves a client that is silent for a minute\n"
                      "  tcp-server --mode epoll --framing line      messages that no network can join or cut"},
                     declare, serve);
}
