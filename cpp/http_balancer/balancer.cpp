#include "http_balancer/balancer.hpp"

#include <algorithm>
#include <limits>

#include "http_balancer/sticky.hpp"

namespace wireproof::http_balancer {

namespace {

bool has(const std::vector<NodeId>& ids, NodeId id) { return std::find(ids.begin(), ids.end(), id) != ids.end(); }

}  // namespace

Balancer::Balancer(const Configuration& configuration) { reload(configuration, Time{0}); }

void Balancer::reload(const Configuration& configuration, Time now) {
  configuration_ = configuration;
  std::vector<Node> nodes;
  for (const NodeSettings& settings : configuration.nodes) {
    const auto same = std::find_if(nodes_.begin(), nodes_.end(), [&](const Node& node) {
      return node.settings.host == settings.host && node.settings.port == settings.port;
    });
    if (same != nodes_.end()) {
      nodes.push_back(std::move(*same));
      nodes_.erase(same);
    } else {
      const std::string address = authority_of(settings);
      nodes.push_back(
          {.id = ++last_node_, .settings = {}, .address = address, .token = token_of(address), .next_check = now});
    }
    nodes.back().settings = settings;
    nodes.back().is_removed = false;
    // A shorter interval counts from now on.
    if (has_checks()) nodes.back().next_check = std::min(nodes.back().next_check, now + configuration.check_interval);
  }
  for (Node& node : nodes_) {
    node.is_removed = true;
    nodes.push_back(std::move(node));
  }
  nodes_ = std::move(nodes);
  remove_finished();
  begin_turns_anew();
  advance(now);
  serve_waiting(now, waiting_.size());
}

const Node* Balancer::find(NodeId id) const {
  const auto found = std::find_if(nodes_.begin(), nodes_.end(), [&](const Node& node) { return node.id == id; });
  return found != nodes_.end() ? &*found : nullptr;
}

NodeId Balancer::find_token(std::string_view token) const {
  for (const Node& node : nodes_) {
    if (!node.is_removed && node.token == token) return node.id;
  }
  return 0;
}

bool Balancer::is_in_panic() const {
  return std::none_of(nodes_.begin(), nodes_.end(),
                      [](const Node& node) { return node.takes_new() && node.health.is_alive(); });
}

/// Smooth weighted round robin, as nginx has it: each that could be asked gains its weight, and who has most is asked
/// and loses the weights of all. So a heavy node's turns do not come in a row.
template <typename IsWanted>
Balancer::Found Balancer::choose_among(IsWanted is_wanted, Time now, Node*& chosen) {
  const bool by_connections = configuration_.policy == Policy::least_connections;
  const auto weight_of = [&](const Node& node) {
    return static_cast<std::int64_t>(node.settings.weight) * node.health.share(now, configuration_);
  };
  const auto load_of = [](const Node& node) { return static_cast<std::int64_t>(node.active) + 1; };
  bool is_any = false;
  const Node* least = nullptr;
  for (const Node& node : nodes_) {
    if (!node.takes_new() || !is_wanted(node)) continue;
    is_any = true;
    if (node.is_full()) continue;
    if (least == nullptr || load_of(node) * weight_of(*least) < load_of(*least) * weight_of(node)) least = &node;
  }
  if (least == nullptr) return is_any ? Found::full : Found::none;
  const std::int64_t load = load_of(*least);
  const std::int64_t weight = weight_of(*least);
  std::int64_t sum = 0;
  chosen = nullptr;
  for (Node& node : nodes_) {
    if (!node.takes_new() || !is_wanted(node) || node.is_full()) continue;
    // Those with the same load for their weight take turns.
    if (by_connections && load_of(node) * weight != load * weight_of(node)) continue;
    node.turn += weight_of(node);
    sum += weight_of(node);
    if (chosen == nullptr || node.turn > chosen->turn) chosen = &node;
  }
  chosen->turn -= sum;
  return Found::node;
}

Balancer::Found Balancer::choose(const Wanted& wanted, Time now, Node*& chosen) {
  if (wanted.bound != 0 && !has(wanted.tried, wanted.bound)) {
    Node* const node = node_of(wanted.bound);
    if (node != nullptr && !node->is_removed && node->health.is_alive()) {
      chosen = node;
      return node->is_full() ? Found::full : Found::node;
    }
  }
  const auto choose_those = [&](bool alive) {
    return choose_among(
        [&](const Node& node) { return node.health.is_alive() == alive && !has(wanted.tried, node.id); }, now, chosen);
  };
  const Found found = choose_those(true);
  return found != Found::none ? found : choose_those(false);
}

Attempt Balancer::begin(Node& node) {
  ++node.active;
  ++node.counters.requests;
  node.counters.most_at_once = std::max(node.counters.most_at_once, node.active);
  return {node.id, node.health.changes()};
}

Choice Balancer::ask(const Wanted& wanted, Time now) {
  Node* chosen = nullptr;
  switch (choose(wanted, now, chosen)) {
    case Found::node:
      return {Choice::Kind::node, begin(*chosen)};
    case Found::none:
      return {Choice::Kind::exhausted};
    case Found::full:
      break;
  }
  if (waiting_.size() >= configuration_.queue) return {Choice::Kind::queue_full};
  waiting_.emplace(++last_ticket_, Waiting{wanted, now});
  return {.kind = Choice::Kind::wait, .ticket = last_ticket_};
}

void Balancer::end(const Attempt& attempt, AttemptEnd how, Time now) {
  Node* const node = node_of(attempt.node);
  if (node == nullptr) return;
  --node->active;
  if (how == AttemptEnd::answered) ++node->counters.answered;
  if (how == AttemptEnd::unanswered) ++node->counters.unanswered;
  // What began before the node died, or returned, says nothing of what it is now.
  bool has_died = false;
  if (how != AttemptEnd::dropped && attempt.changes == node->health.changes() && node->health.is_alive()) {
    has_died = node->health.answered(how == AttemptEnd::answered, now, configuration_);
    if (has_died) changed(*node);
  }
  if (node->is_removed && node->active == 0) remove_finished();
  if (!waiting_.empty()) serve_waiting(now, has_died ? waiting_.size() : 1);
}

bool Balancer::leave(Ticket ticket) { return waiting_.erase(ticket) > 0; }

void Balancer::check_ended(NodeId id, bool passed, Time now) {
  Node* const node = node_of(id);
  if (node == nullptr) return;
  node->is_checked = false;
  if (!passed) ++node->counters.checks_failed;
  if (!has_checks() || node->is_removed || !node->health.check_ended(passed, now, configuration_)) return;
  changed(*node);
  serve_waiting(now, waiting_.size());
}

void Balancer::advance(Time now) {
  bool has_changed = false;
  for (Node& node : nodes_) {
    if (node.is_removed) continue;
    if (node.health.advance(now, configuration_)) {
      changed(node);
      has_changed = true;
    }
    if (!has_checks() || node.is_checked || now < node.next_check) continue;
    node.is_checked = true;
    node.next_check = now + configuration_.check_interval;
    actions_.push_back({.kind = Action::Kind::check, .node = node.id});
  }
  while (!waiting_.empty() && now - waiting_.begin()->second.since >= configuration_.queue_timeout) {
    actions_.push_back({.kind = Action::Kind::give_up, .ticket = waiting_.begin()->first});
    waiting_.erase(waiting_.begin());
  }
  if (has_changed) serve_waiting(now, waiting_.size());
}

Time Balancer::next_deadline() const {
  Time next = kNever;
  for (const Node& node : nodes_) {
    if (node.is_removed) continue;
    next = std::min(next, node.health.deadline());
    if (has_checks() && !node.is_checked) next = std::min(next, node.next_check);
  }
  if (!waiting_.empty()) next = std::min(next, waiting_.begin()->second.since + configuration_.queue_timeout);
  return next;
}

void Balancer::changed(Node& node) {
  const bool is_alive = node.health.is_alive();
  if (!is_alive) ++node.counters.deaths;
  actions_.push_back({.kind = is_alive ? Action::Kind::returned : Action::Kind::died, .node = node.id});
  begin_turns_anew();
}

/// Who returns has neither missed turns to catch up with nor to wait for.
void Balancer::begin_turns_anew() {
  for (Node& node : nodes_) node.turn = 0;
}

/// The first `most` for whom there is a node now.
void Balancer::serve_waiting(Time now, std::size_t most) {
  for (auto place = waiting_.begin(); place != waiting_.end() && most > 0;) {
    Node* chosen = nullptr;
    const Found found = choose(place->second.wanted, now, chosen);
    if (found == Found::full) {
      ++place;
      continue;
    }
    if (found == Found::node) {
      actions_.push_back({.kind = Action::Kind::go, .ticket = place->first, .attempt = begin(*chosen)});
      --most;
    } else {
      actions_.push_back({.kind = Action::Kind::give_up, .ticket = place->first});
    }
    place = waiting_.erase(place);
  }
}

void Balancer::remove_finished() {
  std::erase_if(nodes_, [&](const Node& node) {
    if (!node.is_removed || node.active > 0) return false;
    actions_.push_back({.kind = Action::Kind::gone, .node = node.id});
    return true;
  });
}

}  // namespace wireproof::http_balancer
