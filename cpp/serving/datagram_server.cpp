#include "serving/datagram_server.hpp"

#include <string.h>

#include <cerrno>

#include "command_line/program.hpp"
#include "loop/readiness.hpp"

namespace wireproof {
namespace {

/// Datagrams taken before signals are looked at again.
constexpr int kAtOnce = 64;

}  // namespace

DatagramServer::DatagramServer(const DatagramServerOptions& options)
    : rest_(time_of(options.delay)),
      socket_(UdpSocket::listening(
          options.address, options.port,
          {.tells_asked = true, .receive_buffer = options.receive_buffer, .longest = options.receive_size})) {
  report_.receive_buffer = socket_.receive_buffer();
}

DatagramReport DatagramServer::run(const DatagramAnswer& answer) {
  say("listening on {} (udp), receive buffer {} bytes", name_of(socket_.local()), report_.receive_buffer);
  loop_.spawn(serve(answer));
  loop_.each_readable(signals_.descriptor(), [this] { loop_.stop(); });
  loop_.run();
  say("{}: closing the socket", signal_name(signals_.take()));
  socket_.accept_no_more();
  while (socket_.receive()) ++report_.unread;
  report_.dropped = socket_.drops();
  return report_;
}

asio::awaitable<void> DatagramServer::serve(const DatagramAnswer& answer) {
  Readiness readable(loop_.context(), socket_.descriptor(), EPOLLIN);
  Readiness writable(loop_.context(), socket_.descriptor(), EPOLLOUT);
  asio::steady_timer rest(loop_.context());
  for (;;) {
    co_await readable.wait();
    for (int i = 0; i < kAtOnce; ++i) {
      const auto datagram = socket_.receive();
      if (!datagram) break;
      if (const auto bytes = answer(*datagram)) {
        int error = 0;
        while ((error = socket_.send_to(datagram->from, *bytes, datagram->asked)) == EAGAIN) {
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

void DatagramServer::told(const Address& client, int error) {
  if (error == 0) {
    ++report_.answered;
  } else if (answer_errors_.insert(error).second) {
    say("answer {}: {}", name_of(client), ::strerror(error));
  }
}

}  // namespace wireproof
