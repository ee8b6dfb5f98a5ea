#include "echo/exchange.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/program.hpp"
#include "base/writing.hpp"

namespace wireproof {
namespace {

constexpr std::size_t kChunk = 64 * 1024;

Failure failure(std::string_view tried) { return Failure(tried, std::error_code(errno, std::system_category())); }

bool try_again() { return errno == EAGAIN || errno == EINTR; }

}  // namespace

EchoCheck exchange(int socket, const std::string& peer, Source source, int output, std::chrono::milliseconds patience,
                   Manners manners) {
  EchoCheck check;
  std::array<char, kChunk> chunk;
  std::string& unsent = source.text;
  std::size_t unsent_from = 0;
  bool sending = true;
  std::uint64_t welcome = 0;  // bytes that came before the first was sent
  for (;;) {
    const bool has_unsent = unsent_from < unsent.size();
    const bool greeted = !manners.await_welcome || check.bytes_received() > 0;
    const bool replied = check.bytes_received() >= welcome + check.bytes_sent();
    if (sending && !has_unsent && source.descriptor < 0 && greeted && (replied || !manners.await_reply)) {
      ::shutdown(socket, SHUT_WR);
      sending = false;
      check.sent_all();
    }
    const auto wanted = static_cast<short>(sending && has_unsent && greeted ? POLLIN | POLLOUT : POLLIN);
    // The source is read only when the last chunk is sent: an endless source needs no endless memory.
    const bool reads = sending && !has_unsent && greeted;
    std::array<pollfd, 2> ready{{{socket, wanted, 0}, {reads ? source.descriptor : -1, POLLIN, 0}}};
    const bool peer_owes = has_unsent || !sending || !greeted || !replied;
    const bool bounded = patience.count() > 0 && peer_owes;
    const int events = ::poll(ready.data(), ready.size(), bounded ? static_cast<int>(patience.count()) : -1);
    if (events < 0 && errno != EINTR) throw failure("poll");
    if (events < 0) continue;
    if (events == 0) throw Failure(fmt::format("{}: nothing came or went for {} ms", peer, patience.count()));

    // The source comes first: when it and the peer have ended, everything was sent.
    if (ready[1].revents != 0) {
      const ssize_t length = ::read(source.descriptor, chunk.data(), chunk.size());
      if (length < 0 && !try_again()) throw failure("read what to send");
      if (length == 0) source.descriptor = -1;
      if (length > 0) {
        unsent.assign(chunk.data(), static_cast<std::size_t>(length));
        unsent_from = 0;
      }
    }
    if (ready[0].revents & (POLLIN | POLLHUP | POLLERR)) {
      const ssize_t length = ::recv(socket, chunk.data(), chunk.size(), MSG_DONTWAIT);
      if (length < 0 && !try_again()) throw failure(fmt::format("receive from {}", peer));
      if (length == 0) {
        if (unsent_from < unsent.size()) {
          throw Failure(fmt::format("{} closed the connection before everything was sent", peer));
        }
        if (source.descriptor < 0) check.sent_all();
        return check;
      }
      if (length > 0) {
        const std::string_view bytes(chunk.data(), static_cast<std::size_t>(length));
        check.received(bytes);
        if (const int error = write_all(output, bytes); error != 0) fail("write what came back", error);
      }
    }
    if (ready[0].revents & POLLOUT) {
      const std::string_view rest = std::string_view(unsent).substr(unsent_from);
      const ssize_t length = ::send(socket, rest.data(), rest.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
      if (length < 0 && !try_again()) throw failure(fmt::format("send to {}", peer));
      if (length > 0) {
        if (check.bytes_sent() == 0) welcome = check.bytes_received();
        check.sent(rest.substr(0, static_cast<std::size_t>(length)));
        unsent_from += static_cast<std::size_t>(length);
      }
    }
  }
}

}  // namespace wireproof
