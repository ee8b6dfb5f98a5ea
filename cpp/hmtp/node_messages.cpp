// A node's part in carrying the messages of the group.

#include <utility>

#include "hmtp/node.hpp"

namespace wireproof::hmtp {
namespace {

/// So that a MISS always fits into an unfragmented datagram.
constexpr std::size_t kMostHave = 24;

}  // namespace

void Node::local_message(Time now, std::string_view payload) {
  if (state_ == State::idle) return;
  advance(now);
  ++counters_.local;
  if (payload.size() > kLongestPayload) {
    ++counters_.dropped;
    return tell(What::message_dropped, {}, sequence_ + 1);
  }
  std::string datagram = encode_data({identifier_, ++sequence_}, payload);
  if (state_ == State::root) {
    distribute({{identifier_, sequence_}, payload}, datagram);
  } else {
    outbox_.add(now_, sequence_, std::move(datagram));
  }
  schedule();
}

void Node::distribute_outbox() {
  for (const Outbox::Entry& entry : outbox_.take()) {
    const auto message = parse_data(parse_message(entry.datagram).body);
    if (message) distribute(*message, entry.datagram);
  }
}

/// Prints and copies what is new.
void Node::distribute(const DataMessage& message, std::string_view datagram) {
  if (!memory_.first_time(message.id)) {
    ++counters_.duplicates;
    return;
  }
  ++counters_.delivered;
  surroundings_.deliver({message.id, message.payload});
  for (const Child& child : children_.list()) {
    surroundings_.send(child.endpoint, datagram);
    ++counters_.copied;
  }
  history_.keep(message.id, now_, datagram);
}

void Node::receive_data(const Endpoint& from, std::string_view datagram, std::string_view body) {
  const auto message = parse_data(body);
  if (!message) {
    ++counters_.malformed;
    return;
  }
  const bool own = message->id.origin == identifier_;
  // A candidate that sends messages has taken us, though its YJOI is still on its way or lost.
  const bool from_above =
      (state_ == State::attached && from == parent_) || (state_ == State::joining && from == asked_);
  if (state_ != State::root && !from_above) {
    ++counters_.from_strangers;
    return;
  }
  if (own && message->id.sequence > sequence_) return unexpected();
  const std::uint64_t before = counters_.duplicates;
  distribute(*message, datagram);
  if (own) outbox_.remove(message->id.sequence);
  // Whoever brought it may have missed that it went out: it must not send it for ever.
  if (options_.extensions && state_ == State::root && counters_.duplicates != before) {
    begin_message(text_, Type::sent);
    append_fields(text_, {.node = identifier_, .seat = seat_});
    append_have(text_, message->id);
    surroundings_.send(from, text_);
  }
}

/// From the parent, for a turn that it has not answered yet.
void Node::want_missed() {
  if (tries_ == 0) ++turn_;
  miss_tries_ = 0;
  miss_turn_ = turn_;
  ask_missed();
}

/// MISS, until it is answered.
void Node::ask_missed() {
  if (miss_tries_ == options_.tries) {
    miss_at_ = kNever;
    return;
  }
  ++miss_tries_;
  miss_at_ = now_ + options_.answer_timeout;
  begin_message(text_, Type::miss);
  Fields fields;
  fields.node = identifier_;
  fields.seat = parent_seat_;
  fields.turn = miss_turn_;
  fields.age = static_cast<std::uint64_t>(std::chrono::duration_cast<milliseconds>(now_ - wanted_since_).count());
  append_fields(text_, fields);
  have_.clear();
  memory_.list_complete(kMostHave, have_);
  for (const MessageId& id : have_) append_have(text_, id);
  surroundings_.send(parent_, text_);
}

void Node::receive_miss(const Endpoint& from, std::string_view body) {
  if (!options_.extensions) {
    ++counters_.unknown;
    return;
  }
  have_.clear();
  const auto fields = parse_fields(body, &have_);
  Child* const child = children_.find(from);
  if (!fields || !fields->age || child == nullptr || child->node != fields->node || fields->node == 0 ||
      fields->seat != seat_) {
    return unexpected();
  }
  const Time since = now_ - milliseconds(*fields->age);
  const auto has = [&](const MessageId& id) {
    for (const MessageId& complete : have_) {
      if (complete.origin == id.origin) return id.sequence <= complete.sequence;
    }
    return false;
  };
  // Once for each place: a MISS that is repeated does not bring everything again.
  if (std::exchange(child->replayed_turn, fields->turn) != fields->turn) {
    for (const History::Entry& entry : history_.entries()) {
      if (entry.received < since || has(entry.id)) continue;
      surroundings_.send(from, entry.datagram);
      ++counters_.replayed;
    }
  }
  begin_message(text_, Type::sent);
  append_fields(text_, {.node = identifier_, .seat = seat_});
  surroundings_.send(from, text_);
  if (since < wanted_since_) {
    // The child has been in the group for longer than we have: what we cannot have, our own parent may.
    wanted_since_ = since;
    if (state_ == State::attached && parent_seat_ != 0) want_missed();
  }
}

void Node::receive_sent(const Endpoint& from, std::string_view body) {
  if (!options_.extensions) {
    ++counters_.unknown;
    return;
  }
  have_.clear();
  const auto fields = parse_fields(body, &have_);
  if (fields && !have_.empty() && from == outbox_.root()) {
    for (const MessageId& id : have_) confirm(id);
    return;
  }
  if (!fields || state_ != State::attached || from != parent_ || fields->seat != parent_seat_ || miss_at_ == kNever) {
    return unexpected();
  }
  miss_at_ = kNever;
}

/// The root has a message of ours: if we do not, then only because the tree did not reach us.
void Node::confirm(const MessageId& id) {
  if (id.origin != identifier_) return;
  const auto datagram = outbox_.remove(id.sequence);
  if (!datagram) return;
  const auto message = parse_data(parse_message(*datagram).body);
  if (message) distribute(*message, *datagram);
}

}  // namespace wireproof::hmtp
