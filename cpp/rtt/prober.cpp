#include "rtt/prober.hpp"

#include <utility>

namespace wireproof::rtt {

Prober::Prober(const ProberOptions& options, std::vector<Address> addresses, Time start, std::uint64_t seed, Send send)
    : options_(options),
      addresses_(std::move(addresses)),
      send_(std::move(send)),
      schedule_(options.schedule, addresses_.size(), start, mixed(seed, 1)),
      records_(addresses_.size(), Record(options.timeout)) {
  Random random(mixed(seed, 2));
  while (sessions_.size() < addresses_.size()) {
    const std::uint64_t session = random.bits();
    if (by_session_.emplace(session, sessions_.size()).second) sessions_.push_back(session);
  }
}

void Prober::advance(Time now) {
  while (const auto address = schedule_.take(now)) {
    Record& record = records_[*address];
    const std::uint32_t sequence = record.next_sequence();
    const Message probe{.length = options_.size, .session = sessions_[*address], .sequence = sequence};
    const auto departure = send_(*address, probe);
    if (!departure) {
      record.not_sent();
      continue;
    }
    record.sent(*departure);
    unanswered_.push_back({*address, sequence, now});
  }
}

Time Prober::next_deadline() const { return schedule_.next() != kNever ? schedule_.next() : end(); }

bool Prober::is_over(Time now) const { return schedule_.next() == kNever && end() <= now; }

Time Prober::end() const { return unanswered_.empty() ? Time(0) : unanswered_.back().when + 2 * options_.timeout; }

AnswerKind Prober::receive(const Address& from, const Message& message, const Arrival& arrival) {
  const auto found = by_session_.find(message.session);
  if (found == by_session_.end()) {
    ++strangers_.unknown;
    return AnswerKind::unknown;
  }
  if (addresses_[found->second] != from) {
    ++strangers_.elsewhere;
    return AnswerKind::unknown;
  }
  const AnswerKind kind = records_[found->second].answered(message.sequence, arrival, message);
  strangers_.unknown += kind == AnswerKind::unknown ? 1 : 0;
  forget_answered();
  return kind;
}

void Prober::answered(std::size_t address, std::uint32_t sequence, const Arrival& arrival, bool is_reset) {
  if (records_[address].answered(sequence, arrival) == AnswerKind::answer && is_reset) records_[address].refused();
  forget_answered();
}

void Prober::interrupt(Time now) {
  for (const Sent& sent : unanswered_) {
    Record& record = records_[sent.address];
    if (sent.when + 2 * options_.timeout > now && !record.is_answered(sent.sequence)) record.withdraw(sent.sequence);
  }
  unanswered_.clear();
}

void Prober::forget_answered() {
  while (!unanswered_.empty() && records_[unanswered_.back().address].is_answered(unanswered_.back().sequence)) {
    unanswered_.pop_back();
  }
}

}  // namespace wireproof::rtt
