#include "serving/datagram_server.hpp"

#include <string.h>

#include <cerrno>
#include <utility>

#include "command_line/program.hpp"
#include "loop/loop.hpp"
#include "loop/readiness.hpp"
#include "loop/signals.hpp"

namespace wireproof {
namespace {

/// Datagrams taken before signals are looked at again.
constexpr int kAtOnce = 64;

class DatagramServer {
 public:
  DatagramServer(const DatagramServerOptions& options, const DatagramAnswer& answer)
      : rest_(time_of(options.delay)),
        answer_(answer),
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
        if (const auto answer = answer_(*datagram)) {
          int error = 0;
          while ((error = socket_.send_to(datagram->from, *answer, datagram->asked)) == EAGAIN) {
            co_await writable.wait();
          }
          told(datagram->from, error);
        }
        if (rest_ == Time(0)) continue;
        rest.expires_after(rest_);
        co_await rest.async_wait(asio::use_awaitable);
      }
    }
  }

  void told(const Address& client, int error) {
    if (error == 0) {
      ++report_.answered;
    } else if (error != std::exchange(answer_error_, error)) {
      say("answer {}: {}", name_of(client), ::strerror(error));
    }
  }

  Time rest_;  ///< after each datagram
  const DatagramAnswer& answer_;
  StopSignals signals_;
  UdpSocket socket_;
  Loop loop_;
  int answer_error_ = 0;  ///< what was told last
  DatagramReport report_;
};

}  // namespace

DatagramReport serve_datagrams(const DatagramServerOptions& options, const DatagramAnswer& answer) {
  return DatagramServer(options, answer).run();
}

}  // namespace wireproof
