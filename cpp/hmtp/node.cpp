#include "hmtp/node.hpp"

#include <algorithm>

namespace wireproof::hmtp {

Node::Node(const NodeOptions& options, std::uint64_t seed, NodeSurroundings& surroundings)
    : options_(options),
      surroundings_(surroundings),
      random_(seed),
      identifier_(random_.identifier()),
      seat_(random_.identifier()),
      outbox_(options_, surroundings_, counters_),
      history_(options_.extensions ? options_.history_messages : 0, options_.history_bytes) {}

void Node::start(Time now) {
  now_ = now;
  ask_root();
  schedule();
}

void Node::receive(Time now, const Endpoint& from, std::string_view datagram) {
  if (state_ == State::idle) return;
  advance(now);
  ++counters_.received;
  const Message message = parse_message(datagram);
  const bool from_rendezvous = from == options_.rendezvous;
  switch (message.type) {
    case Type::toor:
      from_rendezvous ? receive_toor(message.body) : unexpected();
      break;
    case Type::yreg:
      from_rendezvous ? receive_yreg() : unexpected();
      break;
    case Type::nreg:
      from_rendezvous ? receive_nreg() : unexpected();
      break;
    case Type::rjoi:
      receive_rjoi(from, message.body);
      break;
    case Type::yjoi:
      receive_yjoi(from, message.body);
      break;
    case Type::njoi:
      receive_njoi(from, message.body);
      break;
    case Type::data:
      receive_data(from, datagram, message.body);
      break;
    case Type::leav:
      receive_leav(from, message.body);
      break;
    case Type::miss:
      receive_miss(from, message.body);
      break;
    case Type::sent:
      receive_sent(from, message.body);
      break;
    case Type::root:
    case Type::rreg:
      unexpected();
      break;
    case Type::unknown:
      ++counters_.unknown;
      break;
    case Type::malformed:
      ++counters_.malformed;
      break;
  }
  schedule();
}

void Node::advance(Time now) {
  now_ = std::max(now_, now);
  if (now_ < next_) return;
  if (now_ >= children_.next_expiry()) expire_children();
  if (now_ >= timer_) timer_due();
  if (now_ >= miss_at_) ask_missed();
  outbox_.advance(now_);
  schedule();
}

void Node::leave(Time now) {
  if (state_ == State::idle) return;
  now_ = std::max(now_, now);
  if (options_.extensions) {
    if (state_ == State::attached) send_leav(parent_, parent_seat_);
    if (state_ == State::root) surroundings_.send(options_.rendezvous, "LEAV\n");
    for (const Child& child : children_.list()) send_leav(child.endpoint, seat_);
  }
  children_.clear();
  enter(State::idle);
  outbox_.take();
  schedule();
}

/// Changes the state; its timer is for the caller to set.
void Node::enter(State state) {
  state_ = state;
  state_since_ = now_;
  timer_ = kNever;
  tries_ = 0;
  miss_at_ = kNever;
  if (state != State::joining) asked_ = Endpoint{};
  if (state != State::attached) {
    parent_ = Endpoint{};
    parent_node_ = 0;
    parent_seat_ = 0;
  }
}

void Node::schedule() { next_ = std::min({timer_, miss_at_, children_.next_expiry(), outbox_.next_deadline()}); }

void Node::timer_due() {
  switch (state_) {
    case State::idle:
      break;
    case State::resting:
      ask_root();
      break;
    case State::attached:
    case State::root:
      refresh_due();
      break;
    case State::asking_root:
    case State::registering:
      if (tries_ < options_.tries) return send_request();
      tell(What::rendezvous_silent, options_.rendezvous, tries_);
      rest();
      break;
    case State::joining:
      if (tries_ < options_.tries) return send_request();
      tell(What::silent, asked_, tries_);
      next_candidate();
      break;
  }
}

/// The time has come to send a refresh, or to see that one was not answered.
void Node::refresh_due() {
  if (tries_ == options_.tries) {
    if (state_ == State::attached) return lose_parent(What::parent_lost);
    // Nobody but the rendezvous point can replace a root: it goes on.
    tell(What::rendezvous_silent, options_.rendezvous, tries_);
    tries_ = 0;
    timer_ = options_.extensions ? now_ + options_.rest : std::max(now_, refresh_started_ + options_.refresh);
    if (timer_ > now_) return;
  }
  if (tries_ == 0) {
    refresh_started_ = now_;
    ++turn_;
  }
  send_request();
}

std::string_view name_of(Node::State state) {
  switch (state) {
    case Node::State::idle:
      return "idle";
    case Node::State::asking_root:
      return "asking for the root";
    case Node::State::registering:
      return "registering";
    case Node::State::joining:
      return "joining";
    case Node::State::attached:
      return "attached";
    case Node::State::root:
      return "root";
    case Node::State::resting:
      return "resting";
  }
  return "?";
}

}  // namespace wireproof::hmtp
