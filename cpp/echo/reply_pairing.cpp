#include "echo/reply_pairing.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace wireproof {

std::uint64_t ReplyPairing::sent(Time now, std::string_view bytes) {
  sent_.push_back({std::string(bytes), now});
  bytes_ += bytes.size();
  while (sent_.size() > kMostRemembered || (bytes_ > kMostBytes && sent_.size() > 1)) {
    bytes_ -= sent_.front().bytes.size();
    sent_.pop_front();
  }
  return ++counts_.sent;
}

Reply ReplyPairing::received(Time now, std::string_view bytes) {
  const auto reply = [&](ReplyKind kind, Sent& to) {
    to.state = State::replied;
    return Reply{kind, number_of(to), now - to.at};
  };
  if (Sent* const waiting = find(State::waits, bytes)) {
    ++counts_.answered;
    return reply(ReplyKind::answer, *waiting);
  }
  if (Sent* const late = find(State::given_up, bytes)) {
    ++counts_.late;
    return reply(ReplyKind::late, *late);
  }
  if (Sent* const refused = find(State::refused, bytes)) {  // the network had told it of another one
    --counts_.refused;
    ++counts_.late;
    return reply(ReplyKind::late, *refused);
  }
  if (Sent* const replied = find(State::replied, bytes)) {
    ++counts_.doubled;
    return reply(ReplyKind::doubled, *replied);
  }
  ++counts_.unknown;
  return {};
}

std::optional<std::uint64_t> ReplyPairing::refused() {
  const auto last = std::find_if(sent_.rbegin(), sent_.rend(), [](const Sent& one) {
    return one.state == State::waits || one.state == State::given_up;
  });
  if (last == sent_.rend()) return std::nullopt;
  last->state = State::refused;
  ++counts_.refused;
  return number_of(*last);
}

std::optional<std::uint64_t> ReplyPairing::advance(Time now) {
  if (now < deadline()) return std::nullopt;
  sent_.back().state = State::given_up;
  return counts_.sent;
}

Time ReplyPairing::deadline() const { return waits() && patience_ != kNever ? sent_.back().at + patience_ : kNever; }

ReplyPairing::Sent* ReplyPairing::find(State state, std::string_view bytes) {
  const auto found = std::find_if(sent_.rbegin(), sent_.rend(),
                                  [&](const Sent& one) { return one.state == state && one.bytes == bytes; });
  return found == sent_.rend() ? nullptr : &*found;
}

std::uint64_t ReplyPairing::number_of(const Sent& one) const {
  const auto place = std::find_if(sent_.begin(), sent_.end(), [&](const Sent& other) { return &other == &one; });
  return counts_.sent - static_cast<std::uint64_t>(sent_.end() - place) + 1;
}

std::string counts_sentence(const ReplyCounts& counts) {
  std::string text = fmt::format("{} {} sent: {} answered in time", counts.sent,
                                 counts.sent == 1 ? "datagram" : "datagrams", counts.answered);
  if (counts.late > 0) text += fmt::format(", {} late", counts.late);
  if (counts.lost() > 0) text += fmt::format(", {} lost", counts.lost());
  if (counts.refused > 0) text += fmt::format(", {} refused", counts.refused);
  if (counts.doubled > 0) {
    text += fmt::format("; {} {} came twice", counts.doubled, counts.doubled == 1 ? "reply" : "replies");
  }
  if (counts.unknown > 0) text += fmt::format("; {} that no datagram asked for", counts.unknown);
  return text;
}

}  // namespace wireproof
