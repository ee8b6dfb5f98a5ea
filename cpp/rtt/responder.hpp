#pragma once
// What a responder remembers and answers. No sockets, no clock.

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <tuple>

#include "net/address.hpp"
#include "random/random.hpp"
#include "rtt/message.hpp"

namespace wireproof::rtt {

class Responder {
 public:
  struct Counts {
    std::uint64_t probes = 0;   ///< answered
    std::uint64_t repeats = 0;  ///< of these, had come before
    std::uint64_t replies = 0;  ///< of others, which are not answered
    std::uint64_t sessions = 0;
    std::uint64_t forgotten = 0;  ///< sessions whose place another one took
  };

  explicit Responder(std::uint64_t seed, std::size_t most_sessions = 4096)
      : random_(seed), most_sessions_(most_sessions) {}

  /// The reply to a message that arrived then from there; the caller sets when it goes. Nothing for what is no probe.
  std::optional<Message> receive(const Address& from, const Message& message, Time arrived);

  const Counts& counts() const { return counts_; }

 private:
  static constexpr std::uint32_t kWindow = 1024;

  using Key = std::tuple<Address, std::uint64_t>;
  struct Session {
    Key key;
    std::uint32_t memory = 0;
    std::uint32_t received = 0;
    std::uint32_t since = 0;
    std::uint32_t highest = 0;
    std::bitset<kWindow> seen{};  ///< bit i: highest - i
  };

  Session& session_of(const Key& key, std::uint32_t sequence);
  /// Whether the sequence is the first of its kind, as far as is remembered.
  static bool note(Session& session, std::uint32_t sequence);

  Random random_;
  std::size_t most_sessions_;
  std::list<Session> sessions_;  ///< the one heard of last is the first
  std::map<Key, std::list<Session>::iterator> by_key_;
  Counts counts_;
};

}  // namespace wireproof::rtt
