#include "serving/exchange.hpp"

#include <boost/asio/buffer.hpp>

#include <utility>

#include "loop/loop.hpp"

namespace wireproof {

MessageExchange::MessageExchange(tcp::socket& client, Dialogue& dialogue, std::size_t receive_size,
                                 std::chrono::milliseconds patience)
    : client_(client),
      dialogue_(dialogue),
      chunk_(receive_size),
      patience_(patience),
      changed_(client.get_executor(), asio::steady_timer::time_point::max()) {}

asio::awaitable<boost::system::error_code> MessageExchange::run() {
  over_ = idle_ = false;
  move_on({});
  while (!over_) {
    if (patience_.count() > 0 && !idle_) changed_.expires_after(moved_ + patience_ - clock_.now());
    error_code cancelled;
    co_await changed_.async_wait(into(cancelled));
    if (cancelled || over_ || clock_.now() < moved_ + patience_) continue;
    // What waits is told so; it is over when its callback has come.
    idle_ = true;
    client_.cancel(error_);
    changed_.expires_at(asio::steady_timer::time_point::max());
  }
  co_return idle_ ? asio::error::timed_out : error_;
}

/// What is sent goes at once where there is room, and its callback comes when other clients have had their turn: by
/// then this one may have said more, and we do not look in vain.
void MessageExchange::next() {
  const Dialogue::Step step = dialogue_.step();
  if (step == Dialogue::Step::send) {
    client_.async_write_some(asio::buffer(dialogue_.unsent()), [this](error_code error, std::size_t length) {
      dialogue_.sent(length);
      move_on(error);
    });
  } else if (step == Dialogue::Step::receive) {
    client_.async_read_some(asio::buffer(chunk_), [this](error_code error, std::size_t length) {
      if (!error) dialogue_.received({chunk_.data(), length});
      if (error == asio::error::eof) {
        error = {};
        dialogue_.peer_ended();
      }
      move_on(error);
    });
  } else {
    over_ = true;
    changed_.cancel();
  }
}

void MessageExchange::move_on(error_code error) {
  error_ = error;
  if (error) {
    over_ = true;
    changed_.cancel();
    return;
  }
  if (patience_.count() > 0) {
    moved_ = clock_.now();
    if (std::exchange(idle_, false)) changed_.cancel();  // it came at the very last moment
  }
  next();
}

}  // namespace wireproof
