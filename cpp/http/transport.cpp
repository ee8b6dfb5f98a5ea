#include "http/transport.hpp"

#include <fmt/format.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>
#include <vector>

namespace wireproof::http {
namespace {

using asio::ip::tcp;
using boost::system::error_code;

/// What sendfile(2) may take at once, so that others have their turn.
constexpr std::size_t kFilePiece = 1024 * 1024;
/// Of a file that is copied.
constexpr std::size_t kCopiedPiece = 64 * 1024;

bool would_wait(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

}  // namespace

Transport::Transport(Loop& loop, Deadlines& deadlines, tcp::socket socket, std::string peer)
    : loop_(loop),
      socket_(std::move(socket)),
      peer_(std::move(peer)),
      reading_(deadlines,
               [this] {
                 error_code ignored;
                 socket_.cancel(ignored);
               }),
      writing_(deadlines, [this] {
        error_code ignored;
        socket_.cancel(ignored);
      }) {
  // Chunks behind each other are not held back for one another's acknowledgement.
  error_code ignored;
  socket_.set_option(tcp::no_delay(true), ignored);
}

Transport::~Transport() {
  // Asio's own destructor takes the linger option of reset() back, and what should be a reset is a FIN.
  error_code ignored;
  socket_.close(ignored);
}

void Transport::broke(std::string_view tried, int error) const {
  const std::string reason = std::error_code(error, std::system_category()).message();
  throw Broken(Cause::network, fmt::format("{} {}: {}", tried, peer_, reason));
}

asio::awaitable<void> Transport::ready(Direction direction, Time until) {
  const bool reads = direction == Direction::reading;
  Deadline& deadline = reads ? reading_ : writing_;
  for (error_code error;;) {
    if (is_aborted_) throw Broken(Cause::stopped, fmt::format("the conversation with {} was stopped", peer_));
    if (until != kNever && loop_.now() >= until) {
      throw Broken(Cause::timed_out, fmt::format("{} {} too slowly", peer_, reads ? "sends" : "reads"),
                   {408, "the request took too long"});
    }
    deadline.set(until);
    co_await socket_.async_wait(reads ? tcp::socket::wait_read : tcp::socket::wait_write, into(error));
    deadline.clear();
    // A cancelled wait may have been the other direction's.
    if (!error) co_return;
    if (error != asio::error::operation_aborted) broke("wait for", error.value());
  }
}

asio::awaitable<void> Transport::readable(Time until) { co_await ready(Direction::reading, until); }

std::optional<std::size_t> Transport::try_read(std::span<char> room) {
  const ssize_t length = ::recv(descriptor(), room.data(), room.size(), MSG_DONTWAIT);
  if (length >= 0) return static_cast<std::size_t>(length);
  if (!would_wait(errno)) broke("receive from", errno);
  return std::nullopt;
}

std::size_t Transport::try_write(std::string_view bytes, bool more) {
  const int flags = MSG_DONTWAIT | MSG_NOSIGNAL | (more ? MSG_MORE : 0);
  const ssize_t length = ::send(descriptor(), bytes.data(), bytes.size(), flags);
  if (length >= 0) return static_cast<std::size_t>(length);
  if (!would_wait(errno)) broke("send to", errno);
  return 0;
}

asio::awaitable<std::size_t> Transport::read_some(std::span<char> room, Time until) {
  for (;;) {
    if (is_aborted_) throw Broken(Cause::stopped, fmt::format("the conversation with {} was stopped", peer_));
    if (const auto length = try_read(room)) co_return *length;
    co_await ready(Direction::reading, until);
  }
}

asio::awaitable<void> Transport::write(std::string_view bytes, Time patience, bool more) {
  while (!bytes.empty()) {
    const std::size_t length = try_write(bytes, more);
    written_ += length;
    bytes.remove_prefix(length);
    if (bytes.empty()) break;
    co_await ready(Direction::writing, patience == kNever ? kNever : loop_.now() + patience);
  }
}

asio::awaitable<void> Transport::send_file(int file, std::uint64_t offset, std::uint64_t length, Time patience) {
  auto position = static_cast<off_t>(offset);
  std::vector<char> copied;
  bool copies = !is_plain();
  while (length > 0) {
    const auto piece = static_cast<std::size_t>(std::min<std::uint64_t>(length, copies ? kCopiedPiece : kFilePiece));
    if (copies) {
      copied.resize(piece);
      const ssize_t got = ::pread(file, copied.data(), piece, position);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) fail("read a file", errno);
      if (got == 0) throw Broken(Cause::truncated, "a file became shorter while it was sent");
      co_await write({copied.data(), static_cast<std::size_t>(got)}, patience);
      position += got;
      length -= static_cast<std::uint64_t>(got);
      continue;
    }
    const ssize_t sent = ::sendfile(descriptor(), file, &position, piece);
    if (sent == 0) throw Broken(Cause::truncated, "a file became shorter while it was sent");
    if (sent > 0) {
      written_ += static_cast<std::uint64_t>(sent);
      length -= static_cast<std::uint64_t>(sent);
      if (length > 0) co_await ready(Direction::writing, patience == kNever ? kNever : loop_.now() + patience);
    } else if (errno == EINVAL || errno == ENOSYS) {
      copies = true;  // a file system that cannot
    } else if (would_wait(errno)) {
      co_await ready(Direction::writing, patience == kNever ? kNever : loop_.now() + patience);
    } else {
      broke("send to", errno);
    }
  }
}

void Transport::end() {
  error_code ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
}

bool Transport::is_spoilt() {
  char byte = 0;
  return ::recv(descriptor(), &byte, 1, MSG_DONTWAIT | MSG_PEEK) >= 0 || !would_wait(errno);
}

void Transport::reset() {
  error_code ignored;
  socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  abort();
}

void Transport::abort() {
  is_aborted_ = true;
  error_code ignored;
  socket_.cancel(ignored);
}

}  // namespace wireproof::http
