#include "echo/exchange.hpp"

#include <fmt/core.h>

#include <optional>

#include "base/writing.hpp"
#include "loop/stream.hpp"
#include "text/failure.hpp"

namespace wireproof {
namespace {

class Exchange {
 public:
  Exchange(Loop& loop, int socket, const std::string& peer, const Source& source, int output,
           const ExchangeOptions& options)
      : loop_(loop),
        peer_(peer),
        text_(source.text),
        output_(output),
        options_(options),
        stream_(loop, Stream::socket(socket, peer)),
        idle_(loop, options.patience),
        unsent_(!source.text.empty()) {
    if (source.descriptor >= 0) source_.emplace(loop, Stream::Ends{source.descriptor, -1, "read what to send", ""});
  }

  EchoCheck run() {
    loop_.spawn(receive());
    loop_.spawn(send());
    loop_.spawn(stream_.deliver([this] { idle_.touch(); }));
    loop_.spawn(idle_.watch(peer_, [this] { return unsent_ || ended_ || !greeted() || !replied(); }));
    loop_.run();
    return check_;
  }

 private:
  bool greeted() const { return !options_.await_welcome || check_.bytes_received() > 0; }
  bool replied() const { return check_.bytes_received() >= welcome_ + check_.bytes_sent(); }

  asio::awaitable<void> receive() {
    for (;;) {
      const std::string_view bytes = co_await stream_.read();
      idle_.touch();
      if (bytes.empty()) break;
      check_.received(bytes);
      if (const int error = write_all(output_, bytes); error != 0) fail("write what came back", error);
      loop_.event();
    }
    if (unsent_ || stream_.unsent() > 0) {
      throw Failure(fmt::format("{} closed the connection before everything was sent", peer_));
    }
    // When the source and the peer have ended at the same time, everything was sent.
    if (ended_ || !source_ || source_->ended()) check_.sent_all();
    loop_.stop();
  }

  asio::awaitable<void> send() {
    while (!greeted()) co_await loop_.next_event();
    co_await say(text_);
    while (source_) {
      // The source is read only when the last chunk is on its way: an endless one needs no endless memory.
      const std::string_view bytes = co_await source_->read();
      if (bytes.empty()) break;
      co_await say(bytes);
    }
    while (!greeted() || (options_.await_reply && !replied())) co_await loop_.next_event();
    ended_ = true;
    stream_.end();
    check_.sent_all();
  }

  asio::awaitable<void> say(std::string_view bytes) {
    if (check_.bytes_sent() == 0) welcome_ = check_.bytes_received();
    check_.sent(bytes);
    unsent_ = true;
    idle_.touch();
    co_await stream_.write(bytes);
    unsent_ = false;
  }

  Loop& loop_;
  const std::string& peer_;
  const std::string& text_;
  int output_;
  ExchangeOptions options_;
  EchoCheck check_;
  Stream stream_;
  std::optional<Stream> source_;
  IdleTimeout idle_;
  std::uint64_t welcome_ = 0;  ///< bytes that came before the first was sent
  bool unsent_;                ///< part of what was read of the source is not yet in the outbox
  bool ended_ = false;         ///< our side of the stream
};

}  // namespace

EchoCheck exchange(Loop& loop, int socket, const std::string& peer, const Source& source, int output,
                   const ExchangeOptions& options) {
  return Exchange(loop, socket, peer, source, output, options).run();
}

}  // namespace wireproof
