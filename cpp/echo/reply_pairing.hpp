#pragma once
// Pairs datagrams that come back with those that were sent: in time, late, twice, or not at all. Pure.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "loop/time.hpp"

namespace wireproof {

/// What a datagram that came is.
enum class ReplyKind : std::uint8_t {
  answer,   ///< to the datagram that waits
  late,     ///< to one that was given up
  doubled,  ///< to one that was replied to already
  unknown,  ///< nothing like it was sent, or not lately
};

struct Reply {
  ReplyKind kind = ReplyKind::unknown;
  std::uint64_t number = 0;  ///< of the datagram that it is a reply to, from 1 on; 0: unknown
  Time after{0};             ///< since that was sent
};

struct ReplyCounts {
  std::uint64_t sent = 0;
  std::uint64_t answered = 0;
  std::uint64_t late = 0;
  std::uint64_t refused = 0;
  std::uint64_t doubled = 0;  ///< of replies, as is
  std::uint64_t unknown = 0;

  /// Neither replied to nor refused; one that still waits is among them.
  std::uint64_t lost() const { return sent - answered - late - refused; }
};

/// The echo service sends back the bytes, and no id with them (RFC 862): a reply belongs to a datagram of the same
/// bytes, to the one that waits before one that was given up, and to that before one that has its reply. Which of
/// several that are alike was meant, nobody can say; how many have a reply is right all the same.
class ReplyPairing {
 public:
  static constexpr std::size_t kMostRemembered = 1024;      ///< datagrams
  static constexpr std::size_t kMostBytes = 4 * (1 << 20);  ///< of theirs

  /// `patience`: how long a datagram waits for its reply.
  explicit ReplyPairing(Time patience) : patience_(patience) {}

  /// Gives its number. The one before must wait no more.
  std::uint64_t sent(Time now, std::string_view bytes);
  Reply received(Time now, std::string_view bytes);
  /// The network told that a datagram cannot be delivered, and not which one: gives the number of the one that waits,
  /// or else of the last that has no reply; nothing when all have.
  std::optional<std::uint64_t> refused();
  /// Gives the number of the datagram that has waited too long, once.
  std::optional<std::uint64_t> advance(Time now);

  bool waits() const { return !sent_.empty() && sent_.back().state == State::waits; }
  Time deadline() const;
  const ReplyCounts& counts() const { return counts_; }

 private:
  enum class State : std::uint8_t { waits, given_up, refused, replied };
  struct Sent {
    std::string bytes;
    Time at{0};
    State state = State::waits;
  };

  /// The last one first.
  Sent* find(State state, std::string_view bytes);
  std::uint64_t number_of(const Sent& one) const;

  Time patience_;
  std::deque<Sent> sent_;  ///< the last ones
  std::size_t bytes_ = 0;  ///< of those
  ReplyCounts counts_;
};

/// "5 datagrams sent: 2 answered in time, 1 late, 1 lost, 1 refused; 1 reply came twice".
std::string counts_sentence(const ReplyCounts& counts);

}  // namespace wireproof
