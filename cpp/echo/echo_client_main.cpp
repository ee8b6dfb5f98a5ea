// echo-client: sends over TCP and shows what comes back.

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "command_line/program.hpp"
#include "echo/exchange.hpp"
#include "net/connect.hpp"
#include "net/listener.hpp"
#include "net/resolve.hpp"

using namespace wireproof;

int main(int argc, char** argv) {
  std::string host;
  std::uint16_t port = 0;
  std::string text;
  std::string file;
  double timeout = 0;
  bool verify = false;
  ExchangeOptions options;
  Option data;

  const auto declare = [&](CommandLine& line) {
    line.option("HOST", host, "name or address of the server").required();
    line.option("PORT", port, "TCP port of the server").required().between(1, 65535);
    data = line.option("--data", text, "send this text, exactly");
    line.option("--file", file, "send this file (default: standard input)").excludes(data);
    line.option("--timeout", timeout, "give up after this many seconds without progress; 0: never")
        .between(0.0, 86400.0)
        .show_default();
    const Option exact =
        line.flag("--verify", verify, "exit 1, and tell the offset, unless exactly what was sent comes back");
    line.flag("--await-welcome", options.await_welcome, "send nothing before the server has spoken").excludes(exact);
    line.flag("--await-reply", options.await_reply,
              "call shutdown(SHUT_WR), which sends FIN, only when as many bytes as were sent have come back "
              "(default: as soon as all is sent)");
  };
  const auto talk = [&] {
    Source source{text, -1};
    if (!file.empty()) {
      source.descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
      if (source.descriptor < 0) {
        fail(fmt::format("open {}", printable(file)), errno);
      }
    } else if (!data.given()) {
      source.descriptor = STDIN_FILENO;
    }
    const std::chrono::milliseconds patience = patience_of(timeout);
    if (patience.count() > 0) options.patience = patience;
    Loop loop;
    tcp::socket socket = std::move(*connect_to(loop.context(), resolve(host, port), patience));
    const EchoCheck check = exchange(loop, socket.native_handle(), peer_name(socket), source, STDOUT_FILENO, options);
    if (const auto complaint = check.complaint(); verify && complaint) throw Failure(*complaint);
    if (verify) say("{} bytes came back exactly", check.bytes_received());
    return ExitStatus::ok;
  };
  return run_program(
      argc, argv,
      {"echo-client", "Sends over TCP, ends its side, and shows what comes back. Ctrl+D ends in order; Ctrl+C at once.",
       "  echo-client 10.0.0.2 1234                          what is typed, until Ctrl+D\n"
       "  echo-client 10.0.0.2 1234 --data hello             one text\n"
       "  echo-client h2 1234 --file a.bin --verify >/dev/null   is the echo exact?\n"
       "  echo-client h2 1234 --data hello --await-welcome --await-reply   one call after another"},
      declare, talk);
}
