#include "hmtp_simulation/forest.hpp"

#include <algorithm>

namespace wireproof::hmtp::simulation {

std::optional<Host> Forest::above(Host host) const {
  const Node* const child = node(host);
  if (child == nullptr || child->state() != Node::State::attached) return std::nullopt;
  const auto at = host_of(child->parent());
  const Node* const parent = at ? node(*at) : nullptr;
  if (parent == nullptr) return std::nullopt;
  const bool extended = child->options().extensions && parent->options().extensions;
  if (extended && child->parent_seat() != parent->seat()) return std::nullopt;
  for (const Child& listed : parent->children()) {
    if (host_of(listed.endpoint) == host && (!extended || listed.node == child->identifier())) return at;
  }
  return std::nullopt;
}

bool Forest::cycle_through(Host host) const {
  auto next = above(host);
  // Not more steps than nodes: there may be a cycle elsewhere.
  for (std::size_t steps = 0; next && steps < nodes_.size(); ++steps) {
    if (*next == host) return true;
    next = above(*next);
  }
  return false;
}

bool Forest::one_tree(std::optional<Host> root) const {
  reaches_.assign(nodes_.size(), false);
  std::size_t roots = 0;
  std::size_t live = 0;
  for (Host host = 0; host < nodes_.size(); ++host) {
    if (nodes_[host] == nullptr) continue;
    ++live;
    if (!nodes_[host]->in_tree()) return false;
    if (nodes_[host]->state() == Node::State::root) {
      ++roots;
      if (host != root) return false;
      reaches_[host] = true;
    }
  }
  if (live == 0) return true;
  if (roots != 1) return false;
  for (Host host = 0; host < nodes_.size(); ++host) {
    if (nodes_[host] == nullptr) continue;
    way_.clear();
    std::optional<Host> next = host;
    while (next && !reaches_[*next] && way_.size() <= nodes_.size()) {
      way_.push_back(*next);
      next = above(*next);
    }
    if (!next || !reaches_[*next]) return false;
    for (const Host passed : way_) reaches_[passed] = true;
  }
  return true;
}

unsigned Forest::orphaned_height(std::optional<Host> root) const {
  unsigned height = 0;
  for (Host host = 0; host < nodes_.size(); ++host) {
    if (nodes_[host] == nullptr) continue;
    unsigned depth = 0;
    Host top = host;
    for (auto next = above(host); next && depth <= nodes_.size(); next = above(*next)) {
      top = *next;
      ++depth;
    }
    if (depth > nodes_.size()) continue;  // below a cycle nobody is the top
    const bool is_root = top == root && nodes_[top]->state() == Node::State::root;
    if (!is_root) height = std::max(height, depth);
  }
  return height;
}

}  // namespace wireproof::hmtp::simulation
