// A node's way into the tree: ROOT and RREG to the rendezvous point, RJOI from the root downwards.

#include <algorithm>

#include "hmtp/node.hpp"

namespace wireproof::hmtp {

void Node::ask_root() {
  enter(State::asking_root);
  send_request();
}

/// Some pause, so that attempts that cannot succeed yet do not fill the network.
void Node::rest() {
  enter(State::resting);
  const double share = 0.5 + random_.share();
  timer_ = now_ + Time(static_cast<Time::rep>(static_cast<double>(options_.rest.count()) * share));
}

/// Sends the state's request, once more if need be.
void Node::send_request() {
  ++tries_;
  const bool refresh = in_tree();
  const bool repeats_slowly = refresh && tries_ < options_.tries;
  timer_ = now_ + (repeats_slowly ? options_.repeat_after() : options_.answer_timeout);
  if (state_ == State::asking_root) return surroundings_.send(options_.rendezvous, "ROOT\n");
  if (state_ == State::registering || state_ == State::root) return surroundings_.send(options_.rendezvous, "RREG\n");
  begin_message(text_, Type::rjoi);
  if (options_.extensions) {
    Fields fields;
    fields.node = identifier_;
    fields.turn = turn_;
    if (!children_.empty()) fields.order = order_;
    append_fields(text_, fields);
  }
  surroundings_.send(refresh ? parent_ : asked_, text_);
}

void Node::receive_toor(std::string_view body) {
  Endpoint root;
  if (!parse_toor(body, root)) {
    ++counters_.malformed;
    return;
  }
  if (state_ != State::asking_root && !outbox_.asks()) return unexpected();
  outbox_.root_told(now_, root);
  if (state_ != State::asking_root) return;
  if (!root.is_set() || root == options_.self) {
    enter(State::registering);
    return send_request();
  }
  start_walk();
  walk_.add({&root, 1});
  next_candidate();
}

void Node::receive_yreg() {
  if (state_ == State::registering) {
    become_root();
  } else if (state_ == State::root && tries_ > 0) {
    tries_ = 0;
    timer_ = std::max(now_, refresh_started_ + options_.refresh);
  } else {
    unexpected();
    // An RREG of ours came late: the rendezvous point must not send others to us as their root.
    if (options_.extensions && state_ != State::root) surroundings_.send(options_.rendezvous, "LEAV\n");
  }
}

void Node::receive_nreg() {
  if (state_ == State::registering) {
    // The first time somebody else was quicker: ask who. Again and again means that something is amiss.
    if (++nregs_ > 1) return rest();
    ask_root();
  } else if (state_ == State::root && tries_ > 0) {
    tell(What::registration_lost, options_.rendezvous);
    ask_root();
  } else {
    unexpected();
  }
}

void Node::become_root() {
  enter(State::root);
  nregs_ = 0;
  refresh_started_ = now_;
  timer_ = now_ + options_.refresh;
  if (options_.extensions) {
    const auto seconds_now = static_cast<std::uint64_t>(std::chrono::duration_cast<seconds>(now_).count());
    const std::uint64_t clock = options_.clock == 0 ? 0 : options_.clock + seconds_now;
    newest_epoch_ = std::min(std::max(newest_epoch_ + 1, clock), Order::kLastEpoch);
    if (!(Order{newest_epoch_, 0} < order_)) give_up_subtree();
    change_order({newest_epoch_, 0});
  }
  if (wanted_since_ == kNever) wanted_since_ = now_;
  tell(What::became_root, options_.rendezvous);
  distribute_outbox();
}

void Node::start_walk() {
  walk_.start();
  order_refused_ = false;
}

void Node::next_candidate() {
  while (const auto candidate = walk_.next(random_)) {
    if (*candidate == options_.self) continue;
    if (options_.extensions && children_.find(*candidate) != nullptr) continue;
    enter(State::joining);
    asked_ = *candidate;
    ++turn_;
    return send_request();
  }
  ++counters_.walks_failed;
  tell(What::walk_failed, {});
  // Perhaps only the order stood in the way: without children any place will do.
  if (options_.extensions && order_refused_) give_up_subtree();
  rest();
}

void Node::receive_yjoi(const Endpoint& from, std::string_view body) {
  const bool joins = state_ == State::joining && from == asked_;
  const bool refreshes = state_ == State::attached && from == parent_ && tries_ > 0;
  if (!joins && !refreshes) return unexpected();
  std::optional<Fields> answer;
  if (options_.extensions) answer = parse_fields(body);
  if (answer && (answer->node == 0 || answer->seat == 0 || !answer->order)) answer.reset();
  if (answer && answer->turn != turn_) return unexpected();
  if (options_.extensions && !take_order(answer)) {
    if (answer) send_leav(from, answer->seat);
    return joins ? next_candidate() : lose_parent(What::parent_left);
  }
  if (joins) {
    enter(State::attached);
    nregs_ = 0;
    parent_ = from;
    refresh_started_ = now_;
    ++counters_.attachments;
    tell(What::attached, from);
  }
  // At the same address there may be another process, after a restart: it has not sent us what came before.
  const bool new_parent = joins || parent_node_ != (answer ? answer->node : 0);
  parent_node_ = answer ? answer->node : 0;
  parent_seat_ = answer ? answer->seat : 0;
  tries_ = 0;
  timer_ = std::max(now_, refresh_started_ + options_.refresh);
  if (!new_parent) return;
  if (wanted_since_ == kNever) {
    wanted_since_ = now_;
  } else if (answer) {
    want_missed();
  }
}

/// Takes a place below the parent that answered. False when children stand in the way.
bool Node::take_order(const std::optional<Fields>& answer) {
  const Order above = answer ? *answer->order : Order{0, 0};
  if (!children_.empty() && !(above < order_)) return false;
  newest_epoch_ = std::max(newest_epoch_, above.epoch);
  change_order(above.below());
  return true;
}

/// Whoever was told the old seat was told an order that holds no longer, when the new one is greater.
void Node::change_order(const Order& order) {
  if (order_ < order) seat_ = random_.identifier();
  order_ = order;
}

void Node::receive_njoi(const Endpoint& from, std::string_view body) {
  const bool joins = state_ == State::joining && from == asked_;
  const bool refreshes = state_ == State::attached && from == parent_ && tries_ > 0;
  if (!joins && !refreshes) return unexpected();
  EndpointList list;
  if (!list.parse(body)) {
    ++counters_.malformed;
    return;
  }
  tell(What::refused, from, list.endpoints().size());
  if (refreshes) {
    ++counters_.parents_lost;
    start_walk();
  }
  order_refused_ = order_refused_ || list.endpoints().empty();
  walk_.add(list.endpoints());
  next_candidate();
}

void Node::lose_parent(What why) {
  ++counters_.parents_lost;
  tell(why, parent_, tries_);
  if (options_.extensions && why == What::parent_lost) send_leav(parent_, parent_seat_);
  ask_root();
}

}  // namespace wireproof::hmtp
