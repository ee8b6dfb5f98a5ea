#pragma once
// A TCP server in one process that waits for all its clients at once with select(2), and so for few: that call, and not
// the loop of the other programs, is what it shows.

#include <sys/select.h>

#include <chrono>
#include <list>
#include <memory>
#include <string>

#include "loop/file_descriptor.hpp"
#include "loop/signals.hpp"
#include "serving/conversation.hpp"
#include "serving/dialogue.hpp"
#include "serving/session.hpp"

namespace wireproof {

struct SelectOptions {
  std::size_t max_clients = FD_SETSIZE;  ///< at once; more wait in the backlog
  ConversationOptions conversation;
};

/// select(2) takes descriptors below FD_SETSIZE (1024) only; a higher one would be written beside its set. A client
/// that gets such a descriptor is told so in a line and closed, which is told and counted, and the server goes on.
class SelectServer {
 public:
  /// Throws Failure when the server's own descriptors are too high already.
  SelectServer(tcp::acceptor& listener, SessionFactory make_session, SelectOptions options);

  /// Serves until SIGINT or SIGTERM; then closes the listener first, and the clients being served next.
  void run();

  /// Clients closed because select cannot watch them.
  std::uint64_t refused() const { return refused_; }

 private:
  using Clock = std::chrono::steady_clock;

  struct Client {
    FileDescriptor socket;
    std::string name;
    std::unique_ptr<Session> session;
    Dialogue dialogue;
    Clock::time_point deadline = Clock::time_point::max();  ///< set while it reads, or acknowledges, our last words
    Clock::time_point idle_until = Clock::time_point::max();
    std::string error{};
    bool left = false;
  };

  void wait();
  void accept_clients();
  void refuse(FileDescriptor socket, const std::string& name);
  void attend(Client& client);
  void advance(Client& client);
  void read(Client& client);
  void write(Client& client);
  void stop();
  bool accepting() const;
  Clock::time_point idle_end() const;
  Clock::time_point next_deadline() const;

  tcp::acceptor& listener_;
  SessionFactory make_session_;
  SelectOptions options_;
  StopSignals signals_;
  std::string chunk_;
  std::list<Client> clients_;
  Clock::time_point accept_again_;  ///< no accept before this: descriptors are short
  int accept_error_ = 0;            ///< what was told last
  std::uint64_t refused_ = 0;
  fd_set readable_;
  fd_set writable_;
};

}  // namespace wireproof
