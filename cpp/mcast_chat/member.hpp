#pragma once
// One member of a room: what it sends, and what it makes of what it hears and of what is typed. Pure: no sockets, no
// clock.

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <system_error>

#include "mcast_chat/message.hpp"
#include "mcast_chat/roster.hpp"
#include "text/line_splitter.hpp"

namespace wireproof::mcast_chat {

class Member {
 public:
  struct Settings {
    std::string name;         ///< without a fault
    Address self;             ///< what its datagrams come from
    unsigned keep_alive = 0;  ///< seconds between signs of life; 0: none is promised
  };
  /// What a member does to the world. `show` and `tell` get lines that are safe for a terminal.
  struct Effects {
    std::function<std::error_code(std::string_view datagram)> send;  ///< to the room
    std::function<void(const std::string& line)> show;               ///< an event of the room
    std::function<void(const std::string& remark)> tell;             ///< a remark to the person at this member
  };
  struct Counts {
    std::uint64_t sent = 0;      ///< datagrams of all types
    std::uint64_t not_sent = 0;  ///< lines that were refused, or that the network did not take
    std::uint64_t received = 0;  ///< datagrams of others that were understood, plain text too
    std::uint64_t own = 0;       ///< own datagrams that came back
    std::array<std::uint64_t, kFaults> dropped{};

    std::uint64_t all_dropped() const;
  };

  Member(Settings settings, Effects effects);

  /// Announces itself. An error means that the room cannot be reached.
  std::error_code join(Time now);
  /// A line was typed: it is sent and shown, or its sender is told why not. An empty line is nothing to send.
  void typed(const Line& line, Time now);
  /// A datagram came. `bytes`: at most kLargestDatagram + 1 of them are needed.
  void received(const Address& from, std::string_view bytes, Time now);
  /// Does what is due.
  void advance(Time now);
  /// When advance() has something to do, kNever.
  Time wake_at() const;
  /// Announces that it leaves, the first time it is called; afterwards the member neither sends nor shows anything.
  std::error_code leave();

  const Counts& counts() const { return counts_; }
  /// "sent 3 datagrams, received 12; dropped 2: 1 too long, 1 not text".
  std::string summary() const;
  /// "in the room: ana, bob".
  std::string members() const;

 private:
  enum class State { outside, inside, left };

  std::error_code send(const Message& message, Time now);
  void take(const Address& from, const Message& message, Time now);

  Settings settings_;
  Effects effects_;
  Counts counts_;
  Roster roster_;
  State state_ = State::outside;
  Time next_alive_ = kNever;
  bool told_silence_ = false;  ///< that keep-alives cannot be sent
};

}  // namespace wireproof::mcast_chat
