#include "serving/select_server.hpp"

#include <string.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "command_line/program.hpp"
#include "net/asio_address.hpp"
#include "net/listener.hpp"

namespace wireproof {
namespace {

constexpr std::chrono::milliseconds kShortagePause(100);
constexpr std::chrono::milliseconds kAcknowledgementPoll(1);
constexpr int kAcceptsInARow = 64;

bool try_again() { return errno == EAGAIN || errno == EINTR; }

void throw_away_input(int socket) {
  char ignored[4096];
  for (int i = 0; i < 256 && ::recv(socket, ignored, sizeof ignored, MSG_DONTWAIT) > 0; ++i) {
  }
}

}  // namespace

SelectServer::SelectServer(tcp::acceptor& listener, SessionFactory make_session, SelectOptions options)
    : listener_(listener),
      make_session_(std::move(make_session)),
      options_(options),
      chunk_(options.conversation.receive_size, '\0') {
  if (std::max(listener_.native_handle(), signals_.descriptor()) >= FD_SETSIZE) {
    throw Failure(fmt::format("select(2) watches descriptors below {} only, and all of these are taken", FD_SETSIZE));
  }
  listener_.native_non_blocking(true);
}

void SelectServer::run() {
  for (;;) {
    wait();
    if (FD_ISSET(signals_.descriptor(), &readable_)) return stop();
    const bool newcomers = accepting() && FD_ISSET(listener_.native_handle(), &readable_);
    for (Client& client : clients_) attend(client);
    clients_.remove_if([](const Client& client) { return client.left; });
    if (newcomers) accept_clients();
  }
}

/// One select(2) on everything; readable_ and writable_ then hold what is ready.
void SelectServer::wait() {
  FD_ZERO(&readable_);
  FD_ZERO(&writable_);
  int highest = signals_.descriptor();
  FD_SET(signals_.descriptor(), &readable_);
  if (accepting()) {
    highest = std::max(highest, listener_.native_handle());
    FD_SET(listener_.native_handle(), &readable_);
  }
  for (const Client& client : clients_) {
    const Dialogue::Step step = client.dialogue.step();
    if (step == Dialogue::Step::settle) continue;
    highest = std::max(highest, client.socket.get());
    FD_SET(client.socket.get(), step == Dialogue::Step::send ? &writable_ : &readable_);
  }
  timeval patience{};
  const Clock::time_point deadline = next_deadline();
  if (deadline != Clock::time_point::max()) {
    const auto left = std::chrono::ceil<std::chrono::microseconds>(deadline - Clock::now());
    const auto microseconds = std::max<std::int64_t>(left.count(), 0);
    patience = {microseconds / 1'000'000, microseconds % 1'000'000};
  }
  const int ready = ::select(highest + 1, &readable_, &writable_, nullptr,
                             deadline == Clock::time_point::max() ? nullptr : &patience);
  if (ready >= 0) return;
  if (errno != EINTR) fail("select", errno);
  FD_ZERO(&readable_);
  FD_ZERO(&writable_);
}

bool SelectServer::accepting() const { return clients_.size() < options_.max_clients && Clock::now() >= accept_again_; }

SelectServer::Clock::time_point SelectServer::next_deadline() const {
  auto next = Clock::time_point::max();
  if (clients_.size() < options_.max_clients && Clock::now() < accept_again_) next = accept_again_;
  for (const Client& client : clients_) {
    next = std::min({next, client.deadline, client.idle_until});
    if (client.dialogue.step() == Dialogue::Step::settle) next = std::min(next, Clock::now() + kAcknowledgementPoll);
  }
  return next;
}

void SelectServer::accept_clients() {
  for (int i = 0; i < kAcceptsInARow && clients_.size() < options_.max_clients; ++i) {
    tcp::endpoint peer;
    auto length = static_cast<socklen_t>(peer.capacity());
    FileDescriptor socket(::accept4(listener_.native_handle(), peer.data(), &length, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!socket.is_open()) {
      if (try_again()) return;
      if (errno != std::exchange(accept_error_, errno)) {
        say("accept: {}; clients wait in the backlog, trying again", strerror(errno));
      }
      accept_again_ = Clock::now() + kShortagePause;
      return;
    }
    peer.resize(length);
    accept_error_ = 0;
    if (socket.get() >= FD_SETSIZE) {
      refuse(std::move(socket), name_of(address_of(peer)));
      continue;
    }
    auto session = make_session_();
    std::string name = name_of(address_of(peer));
    say("client {} connected", name);
    session->meet(name);
    Dialogue dialogue(*session, options_.conversation.acknowledged_goodbye);
    clients_.push_back({.socket = std::move(socket),
                        .name = std::move(name),
                        .session = std::move(session),
                        .dialogue = std::move(dialogue),
                        .idle_until = idle_end()});
    advance(clients_.back());
  }
}

void SelectServer::refuse(FileDescriptor socket, const std::string& name) {
  ++refused_;
  const std::string words =
      fmt::format("refused: this server waits with select(2), which knows {} descriptors only\n", FD_SETSIZE);
  ::send(socket.get(), words.data(), words.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  ::shutdown(socket.get(), SHUT_WR);
  throw_away_input(socket.get());  // unread bytes would turn our FIN into RST
  say("client {} refused: its descriptor is {}, and select(2) watches descriptors below {} (FD_SETSIZE) only", name,
      socket.get(), FD_SETSIZE);
}

SelectServer::Clock::time_point SelectServer::idle_end() const {
  const auto timeout = options_.conversation.idle_timeout;
  return timeout.count() > 0 ? Clock::now() + timeout : Clock::time_point::max();
}

void SelectServer::attend(Client& client) {
  if (FD_ISSET(client.socket.get(), &readable_)) {
    read(client);
    advance(client);
  } else if (FD_ISSET(client.socket.get(), &writable_) || client.dialogue.step() == Dialogue::Step::settle ||
             Clock::now() >= client.deadline) {
    advance(client);
  } else if (Clock::now() >= client.idle_until) {
    client.error = idle_for(options_.conversation.idle_timeout);
    advance(client);
  }
}

/// Goes through all steps that need no waiting.
void SelectServer::advance(Client& client) {
  const auto last_words = [&] {
    if (client.deadline == Clock::time_point::max()) {
      client.deadline = Clock::now() + kFarewell;
      return true;
    }
    return false;
  };
  while (!client.left && client.error.empty()) {
    const Dialogue::Step step = client.dialogue.step();
    if (step == Dialogue::Step::receive) return;
    if (step == Dialogue::Step::send) {
      const std::size_t before = client.dialogue.unsent().size();
      write(client);
      if (client.error.empty() && client.dialogue.unsent().size() == before) return;
    } else if (step == Dialogue::Step::settle) {
      last_words();
      if (!all_acknowledged(client.socket.get()) && Clock::now() < client.deadline) return;
      client.dialogue.settled();
    } else if (step == Dialogue::Step::discard) {
      if (last_words()) ::shutdown(client.socket.get(), SHUT_WR);
      if (Clock::now() < client.deadline) return;
      client.left = true;
    } else {
      ::shutdown(client.socket.get(), SHUT_WR);
      client.left = true;
    }
  }
  client.left = true;
  tell_departure(client.name, client.dialogue.bytes_received(), client.error);
}

void SelectServer::read(Client& client) {
  const ssize_t length = ::recv(client.socket.get(), chunk_.data(), chunk_.size(), MSG_DONTWAIT);
  if (length < 0 && try_again()) return;
  client.idle_until = idle_end();
  const bool discards = client.dialogue.step() == Dialogue::Step::discard;
  if (length < 0) {
    client.error = strerror(errno);
  } else if (length == 0) {
    client.dialogue.peer_ended();
  } else if (!discards) {
    client.dialogue.received(std::string_view(chunk_).substr(0, static_cast<std::size_t>(length)));
  }
}

void SelectServer::write(Client& client) {
  const std::string_view rest = client.dialogue.unsent();
  const ssize_t length = ::send(client.socket.get(), rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (length >= 0) {
    client.dialogue.sent(static_cast<std::size_t>(length));
    client.idle_until = idle_end();
  } else if (!try_again()) {
    client.error = strerror(errno);
  }
}

void SelectServer::stop() {
  say("SIG{}: closing the listener", sigabbrev_np(signals_.take()));
  listener_.close();
  for (Client& client : clients_) {
    ::shutdown(client.socket.get(), SHUT_RDWR);
    throw_away_input(client.socket.get());
    tell_departure(client.name, client.dialogue.bytes_received(), "");
  }
  clients_.clear();
}

}  // namespace wireproof
