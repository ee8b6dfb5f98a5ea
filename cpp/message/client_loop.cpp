#include "message/client_loop.hpp"

#include <poll.h>
#include <string.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <utility>
#include <vector>

#include "base/program.hpp"
#include "base/writing.hpp"

namespace wireproof::message {
namespace {

constexpr std::size_t kLargestDatagram = 65536;
constexpr std::size_t kInputChunk = 65536;

bool try_again() { return errno == EAGAIN || errno == EINTR; }

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

class ClientLoop {
 public:
  ClientLoop(MessageClient& client, const Channel& channel, int input, const StopSignals& signals)
      : client_(client),
        channel_(channel),
        input_(input),
        signals_(signals),
        prompts_(::isatty(input) != 0),
        buffer_(std::max(kLargestDatagram, kInputChunk)) {}

  bool run() {
    if (signals_.arrived()) return true;
    for (;;) {
      const MessageClient::Step step = client_.step(seconds_now());
      if (step == MessageClient::Step::finish) return false;
      if (step == MessageClient::Step::end_sending) {
        ::shutdown(channel_.socket, SHUT_WR);
        client_.sending_ended(seconds_now());
        continue;
      }
      // A series without pauses would otherwise look at nothing but its own sending.
      if (step == MessageClient::Step::send) send();
      if (wait(step)) return true;
    }
  }

 private:
  /// Sends what the socket takes; a message is done when all of it went.
  void send() {
    const std::string_view rest = std::string_view(client_.message()).substr(sent_);
    const ssize_t length = ::sendto(channel_.socket, rest.data(), rest.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
                                    channel_.to ? channel_.to->data() : nullptr,
                                    channel_.to ? static_cast<socklen_t>(channel_.to->size()) : 0);
    blocked_ = length < 0 && try_again();
    if (blocked_) return;
    if (length < 0 && errno == EMSGSIZE) return client_.not_sent(strerror(errno));
    if (length < 0) fail(fmt::format("send to {}", channel_.peer), errno);
    sent_ += static_cast<std::size_t>(length);
    if (sent_ < client_.message().size()) return;
    sent_ = 0;
    client_.sent(seconds_now());
  }

  /// Waits for what `step` needs, and for answers always; true when a signal came.
  bool wait(MessageClient::Step step) {
    const bool sending = step == MessageClient::Step::send;
    const bool reading = step == MessageClient::Step::read_input;
    if (reading && prompts_ && !std::exchange(prompted_, true)) write_output("> ");
    const auto events = static_cast<short>(sending && blocked_ ? POLLIN | POLLOUT : POLLIN);
    std::array<pollfd, 3> ready{
        {{channel_.socket, events, 0}, {signals_.descriptor(), POLLIN, 0}, {reading ? input_ : -1, POLLIN, 0}}};
    if (::poll(ready.data(), ready.size(), sending && !blocked_ ? 0 : patience()) < 0) {
      if (errno != EINTR) fail("poll", errno);
      return false;
    }
    if (ready[1].revents != 0) return true;
    if ((ready[0].revents & (POLLIN | POLLHUP | POLLERR)) != 0) receive();
    if (ready[2].revents != 0) read_input();
    return false;
  }

  int patience() const {
    if (client_.wake_at() == MessageClient::kNever) return -1;
    const double milliseconds = std::ceil((client_.wake_at() - seconds_now()) * 1000);
    return static_cast<int>(std::clamp(milliseconds, 0.0, 3'600'000.0));
  }

  void receive() {
    boost::asio::ip::udp::endpoint from;
    auto from_length = static_cast<socklen_t>(from.capacity());
    const ssize_t length = ::recvfrom(channel_.socket, buffer_.data(), buffer_.size(), MSG_DONTWAIT,
                                      channel_.to ? from.data() : nullptr, channel_.to ? &from_length : nullptr);
    if (length < 0) {
      if (!try_again()) fail(fmt::format("receive from {}", channel_.peer), errno);
      return;
    }
    if (channel_.to) from.resize(from_length);
    if (channel_.to && from != *channel_.to) {
      if (!std::exchange(told_stranger_, true)) say("a datagram that is not from {} is not an answer", channel_.peer);
      return;
    }
    if (length == 0 && channel_.stream) return client_.peer_ended();
    client_.answered({buffer_.data(), static_cast<std::size_t>(length)}, seconds_now());
  }

  void read_input() {
    const ssize_t length = ::read(input_, buffer_.data(), kInputChunk);
    if (length < 0 && !try_again()) fail("read what to send", errno);
    prompted_ = false;
    if (length == 0) client_.input_ended();
    if (length > 0) client_.typed({buffer_.data(), static_cast<std::size_t>(length)});
  }

  MessageClient& client_;
  const Channel& channel_;
  int input_;
  const StopSignals& signals_;
  bool prompts_;
  bool prompted_ = false;
  bool blocked_ = false;
  bool told_stranger_ = false;
  std::size_t sent_ = 0;  ///< bytes of the current message
  std::vector<char> buffer_;
};

}  // namespace

bool run_client(MessageClient& client, const Channel& channel, int input, const StopSignals& signals) {
  return ClientLoop(client, channel, input, signals).run();
}

}  // namespace wireproof::message
