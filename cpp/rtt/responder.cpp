#include "rtt/responder.hpp"

#include <algorithm>

namespace wireproof::rtt {

std::optional<Message> Responder::receive(const Address& from, const Message& message, Time arrived) {
  if (message.type != Type::probe) {
    ++counts_.replies;
    return std::nullopt;
  }
  Session& session = session_of({from, message.session}, message.sequence);
  const bool first = note(session, message.sequence);
  ++counts_.probes;
  counts_.repeats += first ? 0 : 1;
  Message reply = message;
  reply.type = first ? Type::reply : Type::repeat;
  reply.received = session.received;
  reply.since = session.since;
  reply.memory = session.memory;
  reply.arrived = reply.answered = arrived;
  return reply;
}

Responder::Session& Responder::session_of(const Key& key, std::uint32_t sequence) {
  if (const auto found = by_key_.find(key); found != by_key_.end()) {
    sessions_.splice(sessions_.begin(), sessions_, found->second);
    return sessions_.front();
  }
  if (sessions_.size() >= most_sessions_) {
    by_key_.erase(sessions_.back().key);
    sessions_.pop_back();
    ++counts_.forgotten;
  }
  ++counts_.sessions;
  sessions_.push_front({key, static_cast<std::uint32_t>(random_.below(0xFFFFFFFF) + 1), 0, sequence, sequence});
  by_key_.emplace(key, sessions_.begin());
  return sessions_.front();
}

bool Responder::note(Session& session, std::uint32_t sequence) {
  if (sequence > session.highest) {
    const std::uint32_t ahead = sequence - session.highest;
    session.seen = ahead < kWindow ? session.seen << ahead : std::bitset<kWindow>();
    session.highest = sequence;
  }
  const std::uint32_t behind = session.highest - sequence;
  if (behind >= kWindow || session.seen[behind]) return false;
  session.seen.set(behind);
  ++session.received;
  session.since = std::min(session.since, sequence);
  return true;
}

}  // namespace wireproof::rtt
