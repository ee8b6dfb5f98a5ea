#include "message/client_loop.hpp"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/post.hpp>

#include <cerrno>
#include <utility>
#include <vector>

#include "base/writing.hpp"
#include "command_line/program.hpp"
#include "loop/loop.hpp"
#include "loop/readiness.hpp"

namespace wireproof::message {
namespace {

constexpr std::size_t kChunk = 65536;

bool try_again(int error) { return error == EAGAIN || error == EINTR; }

class ClientLoop {
 public:
  ClientLoop(MessageClient& client, const Channel& channel, int input, const StopSignals& signals)
      : client_(client),
        channel_(channel),
        socket_(channel.datagrams != nullptr ? channel.datagrams->descriptor() : channel.stream),
        input_(input),
        signals_(signals),
        loop_({[this] { return client_.wake_at(); }, [] {}}),
        prompts_(::isatty(input) != 0),
        buffer_(kChunk) {}

  bool run() {
    if (signals_.arrived()) return true;
    loop_.each_readable(signals_.descriptor(), [this] {
      stopped_ = true;
      loop_.stop();
    });
    loop_.each_readable(socket_, [this] { receive(); });
    loop_.each_readable(
        input_, [this] { read_input(); }, [this] { return step_ == MessageClient::Step::read_input; });
    loop_.spawn(talk());
    loop_.run();
    return stopped_;
  }

 private:
  asio::awaitable<void> talk() {
    Readiness writable(loop_.context(), socket_, EPOLLOUT);
    while ((step_ = client_.step(loop_.now())) != MessageClient::Step::finish) {
      if (step_ == MessageClient::Step::end_sending) {
        ::shutdown(socket_, SHUT_WR);
        client_.sending_ended(loop_.now());
      } else if (step_ == MessageClient::Step::send) {
        if (!send()) co_await writable.wait();
        // A series without pauses would otherwise look at nothing but its own sending.
        co_await asio::post(loop_.context(), asio::use_awaitable);
      } else {
        if (step_ == MessageClient::Step::read_input && prompts_ && !std::exchange(prompted_, true)) {
          write_output("> ");
        }
        loop_.event();  // what is waited for, and until when, may be another thing now
        co_await loop_.next_event();
      }
    }
    loop_.stop();
  }

  /// Sends what the socket takes; a message is done when all of it went. False when it takes nothing now.
  bool send() {
    const std::string_view rest = std::string_view(client_.message()).substr(sent_);
    std::size_t length = rest.size();
    int error = 0;
    if (channel_.datagrams != nullptr) {
      error = channel_.to.is_set() ? channel_.datagrams->send_to(channel_.to, rest) : channel_.datagrams->send(rest);
    } else {
      const ssize_t taken = ::send(socket_, rest.data(), rest.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
      error = taken < 0 ? errno : 0;
      length = static_cast<std::size_t>(taken);
    }
    if (try_again(error)) return false;
    if (error == EMSGSIZE) return client_.not_sent(strerror(error)), true;
    if (error != 0) fail(fmt::format("send to {}", channel_.peer), error);
    sent_ += length;
    if (sent_ < client_.message().size()) return true;
    sent_ = 0;
    client_.sent(loop_.now());
    return true;
  }

  void receive() {
    if (channel_.datagrams != nullptr) {
      const auto datagram = channel_.datagrams->receive();
      if (!datagram) return;
      if (!channel_.to.is_set() || datagram->from == channel_.to) {
        client_.answered(datagram->bytes, loop_.now());
      } else if (!std::exchange(told_stranger_, true)) {
        say("a datagram that is not from {} is not an answer", channel_.peer);
      }
      return;
    }
    const ssize_t length = ::recv(socket_, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (length < 0 && !try_again(errno)) fail(fmt::format("receive from {}", channel_.peer), errno);
    if (length == 0) client_.peer_ended();
    if (length > 0) client_.answered({buffer_.data(), static_cast<std::size_t>(length)}, loop_.now());
  }

  void read_input() {
    const ssize_t length = ::read(input_, buffer_.data(), buffer_.size());
    if (length < 0 && !try_again(errno)) fail("read what to send", errno);
    prompted_ = false;
    if (length == 0) client_.input_ended();
    if (length > 0) client_.typed({buffer_.data(), static_cast<std::size_t>(length)});
    step_ = MessageClient::Step::wait;  // until talk() has looked at it
  }

  MessageClient& client_;
  const Channel& channel_;
  int socket_;
  int input_;
  const StopSignals& signals_;
  Loop loop_;
  MessageClient::Step step_ = MessageClient::Step::wait;
  bool prompts_;
  bool prompted_ = false;
  bool stopped_ = false;
  bool told_stranger_ = false;
  std::size_t sent_ = 0;  ///< bytes of the current message
  std::vector<char> buffer_;
};

}  // namespace

bool run_client(MessageClient& client, const Channel& channel, int input, const StopSignals& signals) {
  return ClientLoop(client, channel, input, signals).run();
}

}  // namespace wireproof::message
