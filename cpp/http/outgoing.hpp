#pragma once
// Messages to a peer. A head goes with the first piece of its body, in one packet where that has room.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "http/message_writer.hpp"
#include "http/transport.hpp"

namespace wireproof::http {

/// All that waits throws Broken. Mistakes of the caller are WritingErrors.
class Outgoing {
 public:
  Outgoing(Transport& transport, Time patience) : transport_(transport), patience_(patience) {}

  /// Begins a message: a RequestHead or ResponseHead, whose fields tell the framing (http::frame()).
  template <typename Head>
  void begin(const Head& head, const Framing& framing) {
    const std::size_t before = unsent_.size();
    append_head(unsent_, head);
    heads_ += unsent_.size() - before;
    encoder_ = BodyEncoder(framing);
  }
  /// A head without a body in between: 1xx.
  void interim(const ResponseHead& head) {
    append_head(unsent_, head);
    heads_ += unsent_.size();
  }

  /// A piece of the body that goes with the next one, or with the end: of bodies that fit into memory.
  void put(std::string_view piece) { encoder_.append(unsent_, piece); }
  /// A piece that goes now.
  asio::awaitable<void> write(std::string_view piece);
  /// Of a body that is not chunked.
  asio::awaitable<void> send_file(int file, std::uint64_t offset, std::uint64_t length);
  /// Ends the message, and sends what of it was not.
  asio::awaitable<void> finish(const Fields& trailers = {});
  /// Whether what waits is enough to be sent.
  bool is_much() const { return unsent_.size() >= 16 * 1024; }
  /// Bytes of bodies that the system has taken, of all messages, with their framing.
  std::uint64_t body_sent() const { return transport_.written() - std::min(heads_, transport_.written()); }
  /// Sends what is there: of a head whose body will take its time.
  asio::awaitable<void> flush();

 private:
  Transport& transport_;
  Time patience_;
  BodyEncoder encoder_;
  std::string unsent_;
  std::uint64_t heads_ = 0;  ///< bytes of heads
};

}  // namespace wireproof::http
