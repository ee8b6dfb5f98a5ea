// A node's children: who is taken, refreshed and forgotten; and good-byes.

#include <algorithm>

#include "hmtp/node.hpp"

namespace wireproof::hmtp {

void Node::receive_rjoi(const Endpoint& from, std::string_view body) {
  std::optional<Fields> request;
  if (options_.extensions) request = parse_fields(body);
  if (request && (request->node == 0 || request->turn == 0)) request.reset();
  if (from == options_.self || (request && request->node == identifier_)) return unexpected();

  Child* const known = children_.find(from);
  const bool has_room = known != nullptr || children_.size() < options_.children_max;
  if (!options_.extensions) return has_room ? accept(from, request, known) : refuse(from, true);

  // A joiner with children needs a parent that comes before it in the order; one that is itself on its way takes
  // nobody.
  const bool in_order = !request || !request->order || order_ < *request->order;
  const bool fits = in_order && from != parent_ && (known != nullptr || in_tree());
  if (fits && has_room) return accept(from, request, known);
  if (known != nullptr) {
    tell(What::child_left, from);
    children_.remove(*known);
  }
  refuse(from, fits);
}

void Node::accept(const Endpoint& from, const std::optional<Fields>& request, Child* known) {
  const std::uint64_t node = request ? request->node : 0;
  const Time expires = now_ + options_.child_lifetime;
  if (known == nullptr || known->node != node) {
    tell(What::child_accepted, from);
    if (known != nullptr) children_.remove(*known);
    children_.add({from, node, expires, request ? request->turn : 0});
  } else {
    known->expires = expires;
    if (request) known->turn = std::max(known->turn, request->turn);
  }
  begin_message(text_, Type::yjoi);
  if (request) {
    Fields fields;
    fields.node = identifier_;
    fields.seat = seat_;
    fields.turn = request->turn;
    fields.order = order_;
    append_fields(text_, fields);
  }
  surroundings_.send(from, text_);
}

void Node::refuse(const Endpoint& from, bool with_children) {
  begin_message(text_, Type::njoi);
  if (with_children) {
    for (const Child& child : children_.list()) {
      append_text(text_, child.endpoint);
      text_ += '\n';
    }
  }
  surroundings_.send(from, text_);
  tell(What::child_refused, from);
}

void Node::expire_children() {
  for (std::size_t i = children_.size(); i-- > 0;) {
    const Child& child = children_.list()[i];
    if (now_ < child.expires) continue;
    tell(What::child_expired, child.endpoint);
    children_.remove(child);
  }
}

/// The children look for places of their own; then any parent will do for us.
void Node::give_up_subtree() {
  if (children_.empty()) return;
  tell(What::subtree_given_up, {}, children_.size());
  for (const Child& child : children_.list()) send_leav(child.endpoint, seat_);
  children_.clear();
  seat_ = random_.identifier();
}

void Node::send_leav(const Endpoint& to, std::uint64_t seat) {
  begin_message(text_, Type::leav);
  Fields fields;
  fields.node = identifier_;
  fields.seat = seat;
  fields.turn = turn_;
  append_fields(text_, fields);
  surroundings_.send(to, text_);
}

void Node::receive_leav(const Endpoint& from, std::string_view body) {
  if (!options_.extensions) {
    ++counters_.unknown;
    return;
  }
  const auto fields = parse_fields(body);
  if (!fields || fields->node == 0) return unexpected();
  Child* const child = children_.find(from);
  if (child != nullptr && child->node == fields->node && fields->turn >= child->turn) {
    tell(What::child_left, from);
    children_.remove(*child);
  } else if (state_ == State::attached && from == parent_ && parent_node_ == fields->node &&
             parent_seat_ == fields->seat) {
    lose_parent(What::parent_left);
  } else {
    unexpected();
  }
}

}  // namespace wireproof::hmtp
