// udp-server: answers each datagram.

#include "command_line/program.hpp"
#include "message/datagram_service.hpp"
#include "serving/datagram_server.hpp"

using namespace wireproof;
using namespace wireproof::message;

int main(int argc, char** argv) {
  DatagramServerOptions options{.port = kPort};
  std::string json;
  bool quiet = false;

  const auto declare = [&](CommandLine& line) {
    line.option("PORT,--port", options.port, "UDP port to listen on; 0 lets the kernel choose one").show_default();
    line.option("--address", options.address, "listen on this address only (default: all, IPv4 and IPv6)");
    line.option("--receive-size", options.receive_size, "most bytes received of a datagram; what is more is lost")
        .between(1, 65536)
        .show_default();
    line.option("--receive-buffer", options.receive_buffer,
                "bytes the kernel may keep for this socket (SO_RCVBUF; default: the system's)")
        .between(1, 1 << 30);
    line.option("--delay", options.delay, "seconds to rest after each datagram, as a slow server would")
        .between(0.0, 3600.0)
        .show_default();
    line.flag("--quiet", quiet, "do not print the messages");
    line.option("--json", json, "at the end, write what was counted to this file, - for standard output");
  };
  const auto serve = [&] {
    Tally tally;
    DatagramService service(tally, [&](const Message& message) {
      if (!quiet) print_line(described(message));
    });
    const DatagramReport report = DatagramServer(options).run([&](const UdpSocket::Datagram& datagram) {
      const std::string client = name_of(datagram.from);
      service.receive(client, datagram.bytes, datagram.length);
      if (!datagram.is_cut() && ends_session(datagram.bytes)) say("client {} ended its session", client);
      return std::optional(kAnswer);
    });
    say("{}; {} dropped by the kernel, {} not read any more", counts_sentence(tally), report.dropped, report.unread);
    if (!json.empty()) {
      JsonObject summary = counts_json(tally, "udp");
      summary.add("all_clients_counted", service.knows_all_clients())
          .add("bytes_cut", service.bytes_cut())
          .add("answered", report.answered)
          .add("dropped", report.dropped)
          .add("unread", report.unread)
          .add("receive_buffer", report.receive_buffer);
      write_json(summary, json);
    }
    return ExitStatus::ok;
  };
  return run_program(
      argc, argv,
      {"udp-server", "Answers \"Message received\" to each datagram.",
       "  udp-server                                               on port 12800\n"
       "  udp-server --receive-size 50                             longer messages are cut, and that is told\n"
       "  udp-server --receive-buffer 4096 --delay 0.01            so slow that the kernel drops"},
      declare, serve);
}
