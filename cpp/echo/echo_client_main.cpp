// echo-client: sends over TCP or UDP and shows what comes back.

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "command_line/program.hpp"
#include "echo/datagram_cutter.hpp"
#include "echo/datagram_exchange.hpp"
#include "net/connect.hpp"
#include "net/listener.hpp"
#include "net/resolve.hpp"

using namespace wireproof;

int main(int argc, char** argv) {
  std::string host;
  std::uint16_t port = 0;
  std::string text;
  std::string file;
  bool udp = false;
  std::optional<double> timeout;
  std::optional<double> linger;
  bool verify = false;
  ExchangeOptions options;
  DatagramExchangeOptions datagrams;
  Option data;

  const auto declare = [&](CommandLine& line) {
    line.option("HOST", host, "name or address of the server").required();
    line.option("PORT", port, "port of the server").required().between(1, 65535);
    data = line.option("--data", text, "send this text, exactly");
    line.option("--file", file, "send this file (default: standard input)").excludes(data);
    line.option("--timeout", timeout,
                "give up after this many seconds without progress, with --udp a reply; 0: never (default: never; with "
                "--udp 1)")
        .between(0.0, 86400.0);
    const Option only_udp =
        line.flag("--udp", udp, "each line of what is read, or the text, is a datagram, and its reply is waited for");
    line.option("--block", datagrams.block,
                "each so many bytes of what is read are a datagram, whatever lines there are")
        .between(std::uint64_t{1}, std::uint64_t{kLongestDatagram})
        .needs(only_udp)
        .excludes(data);
    line.option("--linger", linger,
                "stay so many seconds for replies that come late or twice (default: as --timeout while one is missing)")
        .between(0.0, 86400.0)
        .needs(only_udp);
    const Option exact =
        line.flag("--verify", verify, "exit 1, and tell the offset, unless exactly what was sent comes back")
            .excludes(only_udp);
    line.flag("--await-welcome", options.await_welcome, "send nothing before the server has spoken")
        .excludes(exact)
        .excludes(only_udp);
    line.flag("--await-reply", options.await_reply,
              "call shutdown(SHUT_WR), which sends FIN, only when as many bytes as were sent have come back "
              "(default: as soon as all is sent)")
        .excludes(only_udp);
  };
  const auto talk_datagrams = [&](const Source& source) {
    if (timeout) datagrams.patience = *timeout > 0 ? time_of(*timeout) : kNever;
    if (linger) datagrams.linger = time_of(*linger);
    const Address server = resolve(host, port).front();
    const std::string peer = name_of(server);
    UdpSocket socket(server.family(), {.tells_errors = true});
    if (const int error = socket.connect(server); error != 0) fail(fmt::format("connect to {}", peer), error);
    const DatagramsExchanged done = exchange_datagrams(socket, peer, source, STDOUT_FILENO, datagrams);
    const bool all = done.counts.answered == done.counts.sent && done.unsendable == 0;
    if (!all || done.counts.doubled + done.counts.unknown > 0) say("{}: {}", peer, counts_sentence(done.counts));
    return all ? ExitStatus::ok : ExitStatus::failed;
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
    if (udp) return talk_datagrams(source);
    const std::chrono::milliseconds patience = patience_of(timeout.value_or(0));
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
      {"echo-client",
       "Sends over TCP or UDP, and shows what comes back. Ctrl+D ends in order, with TCP its own side first; Ctrl+C at "
       "once.",
       "  echo-client 10.0.0.2 1234                          what is typed, until Ctrl+D\n"
       "  echo-client 10.0.0.2 1234 --data hello             one text\n"
       "  echo-client h2 1234 --file a.bin --verify >/dev/null   is the echo exact?\n"
       "  echo-client h2 1234 --data hello --await-welcome --await-reply   one call after another\n"
       "  echo-client h2 1234 --udp                          each line a datagram; lost, late and doubled replies are "
       "told\n"
       "  echo-client h2 1234 --udp --file a.bin --block 65507   datagrams as long as can be"},
      declare, talk);
}
