#include "message/datagram_server.hpp"

#include <linux/filter.h>
#include <linux/sock_diag.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/ip/v6_only.hpp>

#include <array>
#include <cerrno>
#include <chrono>
#include <cmath>

#include "base/listener.hpp"
#include "base/program.hpp"
#include "base/stop_signals.hpp"

namespace wireproof::message {
namespace {

using asio::ip::udp;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

class DatagramServer {
 public:
  DatagramServer(const DatagramServerOptions& options, DatagramDesk& desk)
      : delay_(options.delay), desk_(desk), socket_(context_), buffer_(options.receive_size, '\0') {
    bind_socket(options.address, options.port);
    if (options.receive_buffer) socket_.set_option(udp::socket::receive_buffer_size(*options.receive_buffer));
    report_.receive_buffer = receive_buffer();
  }

  DatagramReport run() {
    const udp::endpoint local = socket_.local_endpoint();
    say("listening on {} (udp), receive buffer {} bytes", name_of(local.address(), local.port()),
        report_.receive_buffer);
    while (wait(POLLIN, Clock::time_point::max())) {
      if (receive(true) && delay_ > 0 && !rest()) break;
    }
    const char* const signal = sigabbrev_np(signals_.take());
    say("SIG{}: closing the socket", signal == nullptr ? "?" : signal);
    accept_no_more();
    while (receive(false)) ++report_.unread;
    report_.dropped = dropped();
    return report_;
  }

 private:
  /// To `address`, or else to [::], for IPv4 too, or to 0.0.0.0 where the kernel has no IPv6.
  void bind_socket(const std::string& address, std::uint16_t port) {
    udp::endpoint endpoint(udp::v6(), port);
    error_code error;
    if (!address.empty()) {
      endpoint.address(asio::ip::make_address(address, error));
      if (error) throw UsageError(fmt::format("--address {}: not a numeric IPv4 or IPv6 address", address));
    }
    const auto open_and_bind = [&] {
      if (socket_.is_open()) socket_.close();
      socket_.open(endpoint.protocol(), error);
      if (!error && endpoint.address().is_v6()) socket_.set_option(asio::ip::v6_only(false), error);
      if (!error) socket_.bind(endpoint, error);
    };
    open_and_bind();
    if (address.empty() && is_absence_of_ipv6(error)) {
      endpoint = udp::endpoint(udp::v4(), port);
      open_and_bind();
    }
    if (error) throw Failure(fmt::format("listen on {} (udp)", name_of(endpoint.address(), port)), error);
  }

  /// Waits for the socket (`events` 0: not for it) until `deadline`; false when a stop signal came.
  bool wait(short events, Clock::time_point deadline) {
    std::array<pollfd, 2> ready{
        {{events != 0 ? socket_.native_handle() : -1, events, 0}, {signals_.descriptor(), POLLIN, 0}}};
    timespec patience{};
    const bool bounded = deadline != Clock::time_point::max();
    if (bounded) {
      const auto left = std::max<std::int64_t>(std::chrono::nanoseconds(deadline - Clock::now()).count(), 0);
      patience = {left / 1'000'000'000, left % 1'000'000'000};
    }
    if (::ppoll(ready.data(), ready.size(), bounded ? &patience : nullptr, nullptr) < 0 && errno != EINTR) {
      fail("poll", errno);
    }
    return ready[1].revents == 0;
  }

  bool rest() { return wait(0, Clock::now() + std::chrono::nanoseconds(std::llround(delay_ * 1e9))); }

  /// Takes one datagram, if there is one, and, when `serves`, has it counted and answered.
  bool receive(bool serves) {
    udp::endpoint client;
    iovec part{buffer_.data(), buffer_.size()};
    msghdr message{};
    message.msg_name = client.data();
    message.msg_namelen = static_cast<socklen_t>(client.capacity());
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    // Asked for MSG_TRUNC, recvmsg returns a cut datagram's whole length (recv(2)).
    const ssize_t length = ::recvmsg(socket_.native_handle(), &message, MSG_TRUNC | MSG_DONTWAIT);
    if (length < 0) {
      if (errno == EAGAIN || errno == EINTR) return false;
      fail("receive", errno);
    }
    if (!serves) return true;
    client.resize(message.msg_namelen);
    const bool truncated = (message.msg_flags & MSG_TRUNC) != 0;
    const std::size_t received = truncated ? buffer_.size() : static_cast<std::size_t>(length);
    const std::string name = name_of(client.address(), client.port());
    const std::string_view text = std::string_view(buffer_).substr(0, received);
    desk_.receive(name, text, static_cast<std::size_t>(length));
    answer(client, name);
    if (!truncated && ends_session(text)) say("client {} ended its session", name);
    return true;
  }

  void answer(const udp::endpoint& client, const std::string& name) {
    while (::sendto(socket_.native_handle(), kAnswer.data(), kAnswer.size(), MSG_DONTWAIT, client.data(),
                    static_cast<socklen_t>(client.size())) < 0) {
      if (errno == EAGAIN && wait(POLLOUT, Clock::time_point::max())) continue;
      if (errno == EINTR) continue;
      if (errno != std::exchange(answer_error_, errno)) say("answer {}: {}", name, strerror(errno));
      return;
    }
    ++report_.answered;
  }

  /// From now on the kernel drops what comes, and counts it: what is still unread can be counted to its end, however
  /// fast clients send.
  void accept_no_more() {
    sock_filter reject = BPF_STMT(BPF_RET | BPF_K, 0);
    const sock_fprog filter{1, &reject};
    if (::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) != 0) {
      fail("attach a filter that rejects all", errno);
    }
  }

  /// What the kernel granted; Asio would tell half of it.
  std::uint64_t receive_buffer() {
    int granted = 0;
    socklen_t length = sizeof granted;
    if (::getsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVBUF, &granted, &length) != 0) {
      fail("read SO_RCVBUF", errno);
    }
    return static_cast<std::uint64_t>(granted);
  }

  std::uint64_t dropped() {
    std::array<std::uint32_t, SK_MEMINFO_VARS> memory{};
    socklen_t length = sizeof memory;
    if (::getsockopt(socket_.native_handle(), SOL_SOCKET, SO_MEMINFO, memory.data(), &length) != 0) {
      fail("read SO_MEMINFO", errno);
    }
    return memory[SK_MEMINFO_DROPS];
  }

  double delay_;
  DatagramDesk& desk_;
  StopSignals signals_;
  asio::io_context context_;
  udp::socket socket_;
  std::string buffer_;
  int answer_error_ = 0;  ///< what was told last
  DatagramReport report_;
};

}  // namespace

DatagramReport serve_datagrams(const DatagramServerOptions& options, DatagramDesk& desk) {
  return DatagramServer(options, desk).run();
}

}  // namespace wireproof::message
