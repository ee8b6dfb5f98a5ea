#pragma once
// What happens on one connection, and in which order: serving a client, without the socket. Pure.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "serving/session.hpp"

namespace wireproof {

/// Whoever holds the socket asks what is next, does it, and tells what came of it. Something is received again only
/// when the last answer is sent, so a client that never reads holds one answer in memory and no more.
class Dialogue {
 public:
  enum class Step {
    send,     ///< send from unsent(), then tell sent()
    receive,  ///< receive, then tell received() or peer_ended()
    settle,   ///< wait until the peer has acknowledged all, then tell settled()
    discard,  ///< end our side (FIN), then throw away what comes until the peer's end, a moment at most, and close
    close,    ///< end our side (FIN) and close
  };

  /// `session` must outlive this. `settles`: after the peer's end our FIN waits until all is acknowledged.
  explicit Dialogue(Session& session, bool settles = false);

  Step step() const;
  std::string_view unsent() const { return std::string_view(answer_).substr(done_); }
  void sent(std::size_t length) { done_ += length; }
  void received(std::string_view bytes);
  void peer_ended();
  void settled() { settled_ = true; }

  std::uint64_t bytes_received() const { return received_; }

 private:
  Session& session_;
  std::string answer_;
  std::size_t done_ = 0;  ///< bytes of answer_ that are sent
  std::uint64_t received_ = 0;
  bool peer_ended_ = false;
  bool settled_;
};

}  // namespace wireproof
