#include "message/datagram_server.hpp"

#include <string.h>

#include <cerrno>
#include <utility>

#include "command_line/program.hpp"
#include "loop/loop.hpp"
#include "loop/readiness.hpp"
#include "loop/signals.hpp"
#include "net/udp_socket.hpp"

namespace wireproof::message {
namespace {

/// Datagrams taken before signals are looked at again.
constexpr int kAtOnce = 64;

class DatagramServer {
 public:
  DatagramServer(const DatagramServerOptions& options, DatagramService& service)
      : rest_(time_of(options.delay)),
        service_(service),
        socket_(UdpSocket::listening(
            options.address, options.port,
            {.tells_asked = true, .receive_buffer = options.receive_buffer, .longest = options.receive_size})) {
    report_.receive_buffer = socket_.receive_buffer();
  }

  DatagramReport run() {
    say("listening on {} (udp), receive buffer {} bytes", name_of(socket_.local()), report_.receive_buffer);
    loop_.spawn(serve());
    loop_.each_readable(signals_.descriptor(), [this] { loop_.stop(); });
    loop_.run();
    say("{}: closing the socket", signal_name(signals_.take()));
    socket_.accept_no_more();
    while (socket_.receive()) ++report_.unread;
    report_.dropped = socket_.drops();
    return report_;
  }

 private:
  asio::awaitable<void> serve() {
    Readiness readable(loop_.context(), socket_.descriptor(), EPOLLIN);
    Readiness writable(loop_.context(), socket_.descriptor(), EPOLLOUT);
    asio::steady_timer rest(loop_.context());
    for (;;) {
      co_await readable.wait();
      for (int i = 0; i < kAtOnce; ++i) {
        const auto datagram = socket_.receive();
        if (!datagram) break;
        const std::string name = name_of(datagram->from);
        service_.receive(name, datagram->bytes, datagram->length);
        int error = 0;
        while ((error = socket_.send_to(datagram->from, kAnswer, datagram->asked)) == EAGAIN) co_await writable.wait();
        if (error == 0) {
          ++report_.answered;
        } else if (error != std::exchange(answer_error_, error)) {
          say("answer {}: {}", name, ::strerror(error));
        }
        if (!datagram->is_cut() && ends_session(datagram->bytes)) say("client {} ended its session", name);
        if (rest_ == Time(0)) continue;
        rest.expires_after(rest_);
        co_await rest.async_wait(asio::use_awaitable);
      }
    }
  }

  Time rest_;  ///< after each datagram
  DatagramService& service_;
  StopSignals signals_;
  UdpSocket socket_;
  Loop loop_;
  int answer_error_ = 0;  ///< what was told last
  DatagramReport report_;
};

}  // namespace

DatagramReport serve_datagrams(const DatagramServerOptions& options, DatagramService& service) {
  return DatagramServer(options, service).run();
}

}  // namespace wireproof::message
