#pragma once
// The part of a conversation in which bytes come and go.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <vector>

#include "loop/clock.hpp"
#include "serving/dialogue.hpp"

namespace wireproof {

/// Does what a dialogue asks for as long as that is to send or to receive. A coroutine awaits all of it, not each
/// message: within, callbacks follow one another, which costs less, and one timer serves them all.
class MessageExchange {
 public:
  using tcp = boost::asio::ip::tcp;
  using error_code = boost::system::error_code;

  /// receive_size: most bytes taken by one recv; patience: how long nothing may come or go, 0: for ever. Socket and
  /// dialogue must outlive this.
  MessageExchange(tcp::socket& client, Dialogue& dialogue, std::size_t receive_size,
                  std::chrono::milliseconds patience);
  MessageExchange(const MessageExchange&) = delete;
  MessageExchange& operator=(const MessageExchange&) = delete;

  /// Until the dialogue asks for something else, or an error: timed_out when nothing came or went. The peer's end is
  /// told to the dialogue. Must not be abandoned meanwhile; shut the socket down to end it.
  boost::asio::awaitable<error_code> run();

 private:
  void next();
  void move_on(error_code error);

  tcp::socket& client_;
  Dialogue& dialogue_;
  std::vector<char> chunk_;
  std::chrono::milliseconds patience_;
  boost::asio::steady_timer
      changed_;  ///< cancelled when it is over; else due when the client may have been idle too long
  Clock clock_;
  Time moved_{0};  ///< something came or went last
  error_code error_;
  bool over_ = false;
  bool idle_ = false;  ///< for too long, and what waits has been cancelled
};

}  // namespace wireproof
