// echo-server: sends back to each TCP client what it sends.

#include "command_line/program.hpp"
#include "echo/echo_session.hpp"
#include "serving/serving.hpp"

using namespace wireproof;

int main(int argc, char** argv) {
  const std::map<std::string, Serving> modes{{"iterative", Serving::iterative},
                                             {"fork", Serving::fork},
                                             {"select", Serving::select},
                                             {"async", Serving::events}};
  ServingOptions options;
  EchoWords words;

  const auto declare = [&](CommandLine& line) {
    line.option("PORT", options.where.port, "TCP port to listen on; 0 lets the kernel choose one").required();
    declare_serving(line, options, modes);
    line.option("--welcome", words.welcome, "send this text to each client first");
    line.option("--reply-prefix", words.reply_prefix, "send this text before each line that comes back");
    line.option("--goodbye", words.goodbye, "send this text after the client's end of stream");
    line.flag("--acknowledged-goodbye", options.conversation.acknowledged_goodbye,
              "end the connection only when the client has acknowledged all that was sent to it");
  };
  const auto serve = [&] {
    const Served served = serve_clients(options, modes, [&] { return std::make_unique<EchoSession>(words); });
    return served.failed ? ExitStatus::failed : ExitStatus::ok;
  };
  return run_program(argc, argv,
                     {"echo-server", "Sends back to each TCP client what it sends.",
                      "  echo-server 1234                                one client after another\n"
                      "  echo-server 1234 --mode fork                    many clients at once\n"
                      "  echo-server 1234 --idle-timeout 60              leaves a client that is silent for a minute\n"
                      "  echo-server 1234 --welcome $'Hello, talk!\\n'    a server that speaks first\n"
                      "  nc 127.0.0.1 1234                               a client; Ctrl+D ends it"},
                     declare, serve);
}
