// rtt-responder: answers probes over UDP and TCP.

#include <string.h>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <cerrno>
#include <random>
#include <utility>

#include "base/json_object.hpp"
#include "command_line/program.hpp"
#include "loop/loop.hpp"
#include "loop/signals.hpp"
#include "net/asio_address.hpp"
#include "net/binding.hpp"
#include "net/listener.hpp"
#include "net/udp_socket.hpp"
#include "rtt/responder.hpp"

using namespace wireproof;
using namespace wireproof::rtt;
using boost::system::error_code;

namespace {

struct Settings {
  std::uint16_t port = kPort;
  std::string address;
  double idle = 60;
  unsigned most_clients = 1000;
  std::string json;
};

std::uint64_t seed() {
  std::random_device entropy;
  return static_cast<std::uint64_t>(entropy()) << 32 | entropy();
}

/// Where probes come: by datagrams and on connections, of one port.
struct Sockets {
  UdpSocket udp;
  tcp::acceptor listener;
};

Sockets open_sockets(asio::io_context& context, const Settings& settings) {
  return open_on_one_port(settings.port, [&] {
    UdpSocket socket = UdpSocket::listening(settings.address, settings.port,
                                            {.tells_asked = true, .stamps_arrival = true, .receive_buffer = 4 << 20});
    const std::uint16_t port = socket.local().port;
    return Sockets{std::move(socket),
                   open_listener(context, {.port = port, .address = settings.address, .backlog = 1024})};
  });
}

class Program {
 public:
  explicit Program(const Settings& settings)
      : settings_(settings), sockets_(open_sockets(loop_.context(), settings)), left_(loop_.context()), core_(seed()) {}

  ExitStatus run() {
    say("listening on {} (udp and tcp)", name_of(sockets_.udp.local()));
    loop_.each_readable(sockets_.udp.descriptor(), [this] { take(); });
    loop_.each_readable(signals_.descriptor(), [this] { loop_.stop(); });
    loop_.spawn(accept());
    loop_.run();
    say("{}: {} probes of {} sessions answered, {} of them had come before", signal_name(signals_.take()),
        core_.counts().probes, core_.counts().sessions, core_.counts().repeats);
    if (!settings_.json.empty()) write_json(summary(), settings_.json);
    return ExitStatus::ok;
  }

 private:
  void take() {
    sockets_.udp.receive_each([&](const UdpSocket::Datagram& datagram) {
      const auto content =
          decode({reinterpret_cast<const std::uint8_t*>(datagram.bytes.data()), datagram.bytes.size()});
      const auto* const message = std::get_if<Message>(&content);
      if (message == nullptr) {
        ++malformed_;
        return;
      }
      auto reply = core_.receive(datagram.from, *message, datagram.arrival.time_since_epoch());
      if (!reply) return;
      reply->answered = read_clock(CLOCK_MONOTONIC);
      const std::vector<std::uint8_t> bytes = encode(*reply);
      const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
      const int error = sockets_.udp.send_to(datagram.from, text, datagram.asked);
      if (error == 0) return;
      ++send_failures_;
      if (error != std::exchange(told_, error)) say("answer {}: {}", name_of(datagram.from), ::strerror(error));
    });
  }

  asio::awaitable<void> accept() {
    for (;;) {
      while (clients_ >= settings_.most_clients) co_await left_.next();
      auto client = co_await accept_client(sockets_.listener);
      if (!client) co_return;
      ++clients_;
      ++connections_;
      loop_.spawn(attend(std::move(*client)));
    }
  }

  asio::awaitable<void> attend(tcp::socket client) {
    co_await converse(client);
    --clients_;
    left_.happen();
  }

  /// Until the client's end, its silence, or what is no message.
  asio::awaitable<void> converse(tcp::socket& client) {
    error_code error;
    const tcp::endpoint peer = client.remote_endpoint(error);
    if (error) co_return;
    const Address from = address_of(peer);
    client.set_option(tcp::no_delay(true), error);
    MessageSplitter splitter;
    std::array<std::uint8_t, 4096> chunk;
    std::vector<std::uint8_t> answer;
    while (!splitter.is_broken()) {
      const std::size_t length = co_await within(client.async_read_some(asio::buffer(chunk), into(error)), error);
      if (error) co_return;
      const Time arrived = read_clock(CLOCK_MONOTONIC);
      Bytes bytes = Bytes(chunk).first(length);
      answer.clear();
      while (const auto message = splitter.next(bytes)) {
        auto reply = core_.receive(from, *message, arrived);
        if (!reply) continue;
        reply->answered = read_clock(CLOCK_MONOTONIC);
        const std::vector<std::uint8_t> encoded = encode(*reply);
        answer.insert(answer.end(), encoded.begin(), encoded.end());
      }
      if (answer.empty()) continue;
      co_await within(asio::async_write(client, asio::buffer(answer), into(error)), error);
      if (error) co_return;
    }
    ++malformed_;
  }

  /// Awaits the operation while the client is not idle for too long.
  asio::awaitable<std::size_t> within(asio::awaitable<std::size_t> operation, error_code& error) {
    using namespace asio::experimental::awaitable_operators;
    asio::steady_timer timer(loop_.context(), time_of(settings_.idle));
    error_code ignored;
    const auto first = co_await (std::move(operation) || timer.async_wait(into(ignored)));
    if (first.index() == 0) co_return std::get<0>(first);
    error = asio::error::timed_out;
    co_return 0;
  }

  JsonObject summary() const {
    const Responder::Counts& counts = core_.counts();
    JsonObject object;
    object.add("probes", counts.probes)
        .add("repeats", counts.repeats)
        .add("replies", counts.replies)
        .add("sessions", counts.sessions)
        .add("forgotten", counts.forgotten)
        .add("malformed", malformed_)
        .add("dropped", sockets_.udp.drops())
        .add("send_failures", send_failures_)
        .add("connections", connections_);
    return object;
  }

  const Settings& settings_;
  StopSignals signals_;
  Loop loop_;
  Sockets sockets_;
  Event left_;  ///< a client
  Responder core_;
  unsigned clients_ = 0;
  std::uint64_t connections_ = 0;
  std::uint64_t malformed_ = 0;
  std::uint64_t send_failures_ = 0;
  int told_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  const auto declare = [&](CommandLine& line) {
    line.option("PORT,--port", settings.port, "UDP and TCP port to listen on; 0 lets the kernel choose one")
        .show_default();
    line.option("--address", settings.address, "listen on this address only (default: all, IPv4 and IPv6)");
    line.option("--idle-timeout", settings.idle, "leave a TCP client when nothing came or went for this many seconds")
        .between(0.001, 86400.0)
        .show_default();
    line.option("--max-clients", settings.most_clients, "TCP clients at once; more wait in the backlog")
        .between(1U, 1'000'000U)
        .show_default();
    line.option("--json", settings.json, "at the end, write what was counted to this file, - for standard output");
  };
  return run_program(argc, argv,
                     {"rtt-responder", "Answers the probes of rtt-probe, and tells how long it had them.",
                      "  rtt-responder                             on port 2681, UDP and TCP\n"
                      "  rtt-responder 7000 --address 10.0.0.2     on one address\n"
                      "  rtt-responder --json counts.json          what came, once it is stopped"},
                     declare, [&] { return Program(settings).run(); });
}
