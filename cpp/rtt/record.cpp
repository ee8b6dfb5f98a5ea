#include "rtt/record.hpp"

#include <algorithm>

namespace wireproof::rtt {

void Record::sent(const Departure& departure) {
  probes_.push_back({departure.program});
  ++counts_.sent;
  if (departure.kernel) departed(next_sequence() - 1, *departure.kernel);
}

void Record::departed(std::uint32_t sequence, Time when) {
  if (sequence < probes_.size() && when >= probes_[sequence].sent) probes_[sequence].departed = when;
}

AnswerKind Record::answered(std::uint32_t sequence, const Arrival& arrival, const std::optional<Message>& reply) {
  if (sequence >= probes_.size()) return AnswerKind::unknown;
  Probe& probe = probes_[sequence];
  const bool first = !is_answered(sequence);
  if (reply && reply->type != Type::probe) learn(*reply, first);
  if (!first) {
    ++(reply && reply->type == Type::repeat ? counts_.duplicates_there : counts_.duplicates_back);
    return AnswerKind::duplicate;
  }
  std::optional<Time> by_kernel = arrival.kernel_round_trip;
  if (arrival.kernel && probe.departed != kNever && *arrival.kernel >= probe.departed) {
    by_kernel = *arrival.kernel - probe.departed;
  }
  probe.program = arrival.program - probe.sent;
  probe.best = by_kernel.value_or(probe.program);
  if (reply && reply->type != Type::probe) {
    if (const auto own = own_time(*reply, std::min(probe.best, probe.program))) {
      probe.own = *own;
      probe.best -= *own;
      probe.program -= *own;
    }
  }
  counts_.unstamped += by_kernel ? 0 : 1;
  const bool is_late = probe.best > timeout_;
  ++(is_late ? counts_.late : counts_.received);
  counts_.own += !is_late && probe.own != kNever ? 1 : 0;
  return is_late ? AnswerKind::late : AnswerKind::answer;
}

std::optional<Time> Record::own_time(const Message& reply, Time passed) {
  // By subtraction of what is not negative, so that no number overflows.
  if (reply.arrived >= Time(0) && reply.answered >= reply.arrived && reply.answered - reply.arrived <= passed) {
    return reply.answered - reply.arrived;
  }
  ++counts_.implausible;
  return std::nullopt;
}

void Record::learn(const Message& reply, bool first) {
  const bool is_new = memory_.id != reply.memory;
  if (is_new && memory_.id != 0 && reply.sequence <= memory_.highest) return;  // from before: an overtaken one
  const std::uint32_t highest = is_new ? reply.sequence : std::max(memory_.highest, reply.sequence);
  // Widened: a sequence may be the last there is.
  const bool can_be = reply.memory != 0 && reply.received != 0 && reply.since <= reply.sequence &&
                      reply.received <= std::uint64_t{probes_.size()} - reply.since;
  if (!can_be) {
    ++counts_.implausible;
    return;
  }
  if (is_new) {
    const Losses last = losses_of_memory();
    earlier_.there += last.there;
    earlier_.back += last.back;
    memory_ = {reply.memory, memory_.id == 0, reply.since, highest, 0, 0};
  }
  memory_.highest = highest;
  memory_.answers += first ? 1 : 0;
  if (reply.received < memory_.received) return;
  memory_.received = reply.received;
  memory_.since = reply.since;
}

void Record::withdraw(std::uint32_t sequence) {
  probes_[sequence].is_withdrawn = true;
  --counts_.sent;
}

Losses Record::losses_of_memory() const {
  if (memory_.id == 0) return {};
  // What came before the first memory did not come at all, as far as anybody knows.
  const std::uint64_t span = std::uint64_t{memory_.highest} + 1 - (memory_.is_first ? 0 : memory_.since);
  return {span - std::min<std::uint64_t>(span, memory_.received),
          memory_.received - std::min(memory_.received, memory_.answers), 0};
}

Losses Record::losses() const {
  const Losses last = losses_of_memory();
  const std::uint64_t lost = counts_.lost();
  Losses losses;
  losses.there = std::min(earlier_.there + last.there, lost);
  losses.back = std::min(earlier_.back + last.back, lost - losses.there);
  losses.unknown = lost - losses.there - losses.back;
  return losses;
}

Record::RoundTrips Record::round_trips() const {
  RoundTrips result;
  result.best.reserve(probes_.size());
  result.program.reserve(probes_.size());
  for (const Probe& probe : probes_) {
    if (probe.is_withdrawn) continue;
    const bool is_received = probe.best <= timeout_;
    result.best.push_back(is_received ? probe.best : kNever);
    result.program.push_back(is_received ? probe.program : kNever);
    if (is_received && probe.own != kNever) result.own.push_back(probe.own);
    if (!is_received && probe.best != kNever) result.latest = std::max(result.latest, probe.best);
  }
  return result;
}

}  // namespace wireproof::rtt
