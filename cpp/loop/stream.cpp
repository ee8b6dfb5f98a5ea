#include "loop/stream.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

#include "text/failure.hpp"

namespace wireproof {
namespace {

constexpr std::size_t kChunk = 64 * 1024;
/// What a pipe that can be written takes without blocking (pipe(7)).
constexpr std::size_t kPipePiece = 4096;

bool try_again(int error) { return error == EAGAIN || error == EINTR; }

/// Takes what there is room for, without waiting.
ssize_t write_some(int descriptor, std::string_view bytes) {
  const ssize_t sent = ::send(descriptor, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent >= 0 || errno != ENOTSOCK) return sent;
  return ::write(descriptor, bytes.data(), std::min(bytes.size(), kPipePiece));
}

/// Hands on what is read, and the end; the last direction to end ends the time-out.
asio::awaitable<void> pump(Stream& from, Stream& to, IdleTimeout& timeout, int& directions) {
  for (;;) {
    const std::string_view bytes = co_await from.read();
    timeout.touch();
    if (bytes.empty()) break;
    co_await to.write(bytes);
  }
  to.end();
  if (--directions == 0) timeout.cancel();
}

}  // namespace

Stream::Stream(Loop& loop, Ends ends, std::size_t limit)
    : ends_(std::move(ends)), changed_(loop.context()), chunk_(kChunk, '\0'), limit_(limit) {
  if (ends_.input >= 0) readable_.emplace(loop.context(), ends_.input, EPOLLIN);
  if (ends_.output >= 0) writable_.emplace(loop.context(), ends_.output, EPOLLOUT);
}

Stream::Ends Stream::socket(int descriptor, const std::string& peer) {
  return {descriptor, descriptor, "receive from " + peer, "send to " + peer};
}

asio::awaitable<std::string_view> Stream::read() {
  for (;;) {
    co_await readable_->wait();
    const ssize_t length = ::read(ends_.input, chunk_.data(), chunk_.size());
    if (length >= 0) co_return std::string_view(chunk_).substr(0, static_cast<std::size_t>(length));
    if (!try_again(errno)) fail(ends_.reading, errno);
  }
}

bool Stream::ended() const {
  pollfd ready{ends_.input, POLLIN, 0};
  int waiting = 0;
  return ::poll(&ready, 1, 0) > 0 && ::ioctl(ends_.input, FIONREAD, &waiting) == 0 && waiting == 0;
}

asio::awaitable<void> Stream::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t room = limit_ - std::min(limit_, outbox_.size());
    outbox_ += bytes.substr(0, room);
    bytes.remove_prefix(std::min(room, bytes.size()));
    changed_.happen();
    if (!bytes.empty()) co_await changed_.next();
  }
}

bool Stream::post(std::string_view bytes) {
  if (outbox_.size() + bytes.size() > limit_) return false;
  outbox_ += bytes;
  changed_.happen();
  return true;
}

void Stream::end() {
  over_ = true;
  changed_.happen();
}

asio::awaitable<void> Stream::deliver(std::function<void()> moved) {
  while (!over_ || !outbox_.empty()) {
    if (outbox_.empty()) {
      co_await changed_.next();
      continue;
    }
    co_await writable_->wait();
    const ssize_t length = write_some(ends_.output, outbox_);
    if (length < 0 && !try_again(errno)) fail(ends_.writing, errno);
    if (length <= 0) continue;
    outbox_.erase(0, static_cast<std::size_t>(length));
    moved();
    changed_.happen();
  }
  ::shutdown(ends_.output, SHUT_WR);  // of no effect where it is no socket
}

void IdleTimeout::touch() {
  if (patience_ != kNever) timer_.expires_after(patience_);
}

void IdleTimeout::cancel() {
  over_ = true;
  timer_.cancel();
}

asio::awaitable<void> IdleTimeout::watch(std::string peer, std::function<bool()> counts) {
  while (!over_) {
    boost::system::error_code moved;
    co_await timer_.async_wait(into(moved));
    // It may have moved since the time was over.
    if (moved || over_ || timer_.expiry() > asio::steady_timer::clock_type::now()) continue;
    if (counts()) {
      const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(patience_);
      throw Failure(fmt::format("{}: nothing came or went for {} ms", peer, milliseconds.count()));
    }
    touch();
  }
}

asio::awaitable<void> relay(Loop& loop, Stream& one, Stream& other, Time idle) {
  IdleTimeout timeout(loop, idle);
  int directions = 2;
  std::vector<asio::awaitable<void>> parts;
  parts.push_back(pump(one, other, timeout, directions));
  parts.push_back(pump(other, one, timeout, directions));
  parts.push_back(one.deliver([&] { timeout.touch(); }));
  parts.push_back(other.deliver([&] { timeout.touch(); }));
  parts.push_back(timeout.watch("relay"));
  co_await together(std::move(parts));
}

}  // namespace wireproof
