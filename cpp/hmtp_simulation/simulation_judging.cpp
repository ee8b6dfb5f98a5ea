// What is watched in a run, after each event.

#include <fmt/core.h>

#include <algorithm>

#include "hmtp_simulation/member.hpp"
#include "hmtp_simulation/trace_text.hpp"

namespace wireproof::hmtp::simulation {

Time bound_of(const NodeOptions& options, Time lifetime, Time answer, const Damage& damage) {
  const Time unanswered = (options.tries - 1) * options.repeat_after() + options.answer_timeout;
  const Time known = std::max({lifetime, options.child_lifetime, options.refresh + unanswered});
  const Time last_walk = std::min<std::size_t>(damage.dead, Walk::kMostAsked) * options.tries * options.answer_timeout;
  return known + last_walk + (damage.height + 1) * (options.rest * 3 / 2 + 64 * answer);
}

/// A call changes one node: a new edge begins or ends at it, and so does a new cycle.
void Simulation::judge(Host host) {
  Member& member = *members_[host];
  const Node& node = member.node;
  member.was_in_tree = member.was_in_tree || node.in_tree();
  const Place place = Place::of(node);
  if (place == member.place) return;
  member.place = place;
  if (node.children().size() > plan_.children_max) {
    breach(Invariant::child_limit, fmt::format("{} has {} children", name_of(host), node.children().size()));
  }
  if (forest_.cycle_through(host)) {
    std::string text = "a cycle: " + name_of(host);
    for (auto above = forest_.above(host); above; above = forest_.above(*above)) {
      text += " below " + name_of(*above);
      if (*above == host) break;
    }
    breach(Invariant::no_cycle, text);
  }
  if (is_settled_) look_at_tree();
}

/// Whether all is one tree, after the last failure.
void Simulation::look_at_tree() {
  const bool whole = forest_.one_tree(registered());
  if (whole && !is_whole_) outcome_.recovery = world_.now() - outcome_.last_failure;
  if (!whole) outcome_.recovery = kNever;
  is_whole_ = whole;
  if (whole || !must_be_whole_) return;
  std::string text = "the live nodes are not one tree";
  for (Host host = 1; host <= plan_.nodes; ++host) {
    const Node* const node = nodes_[host];
    if (node == nullptr || forest_.above(host) || (node->state() == Node::State::root && registered() == host))
      continue;
    text += fmt::format("; {} is {}", name_of(host), wireproof::hmtp::name_of(node->state()));
    if (node->state() == Node::State::attached) text += " to one that does not list it";
    break;
  }
  breach(Invariant::attached_again,
         fmt::format("{} {:.3f} s after the last failure, bound {:.3f} s", text,
                     in_seconds(world_.now() - outcome_.last_failure), in_seconds(outcome_.bound)));
}

void Simulation::assess_damage() {
  is_settled_ = true;
  outcome_.last_failure = world_.now();
  outcome_.damage = {forest_.orphaned_height(registered()), 0};
  for (Host host = 1; host <= plan_.nodes; ++host) outcome_.damage.dead += starts_[host] > 0 && nodes_[host] == nullptr;
  NodeOptions options = options_;
  options.extensions = plan_.protocol == Protocol::extended;
  // A state file has whole seconds, the next ones.
  const Time longer = plan_.keeps_state && plan_.rendezvous_fails() ? seconds(1) : Time{0};
  outcome_.bound = bound_of(options, rendezvous_options_.lifetime + longer, network_.answer(), outcome_.damage);
  look_at_tree();
}

void Simulation::finish() {
  const auto score = deliveries_.score([&](const Start& process) {
    return members_[process.host] != nullptr && starts_[process.host] == process.start;
  });
  outcome_.messages = deliveries_.messages();
  outcome_.deliveries = deliveries_.deliveries();
  outcome_.owed = score.owed;
  outcome_.missed = score.missed;
  outcome_.virtual_time = world_.now();
  if (!score.demanded_miss.empty()) breach(Invariant::exactly_once, score.demanded_miss);
  if (is_demanded(Invariant::repaired, plan_) && !score.repair_miss.empty())
    breach(Invariant::repaired, score.repair_miss);
}

void Simulation::breach(Invariant invariant, const std::string& text) {
  trace([&] { return fmt::format("!! {}: {}", name_of(invariant), text); });
  auto& first = outcome_.breaches[static_cast<std::size_t>(invariant)];
  if (!first) first = Breach{world_.now(), text};
}

std::optional<Host> Simulation::registered() const {
  return rendezvous_ != nullptr && rendezvous_->point.root().is_set() ? host_of(rendezvous_->point.root())
                                                                      : std::nullopt;
}

void Simulation::write_trace(const std::string& text) const {
  sink_(fmt::format("{:12.6f} {}", in_seconds(world_.now()), text));
}

void Simulation::Member::deliver(const Delivery& message) {
  const unsigned times = simulation_.tampering_.prints ? simulation_.tampering_.prints(process_.host) : 1;
  for (unsigned i = 0; i < times; ++i) {
    const auto wrong = simulation_.deliveries_.delivered(process_, message, node.state() == Node::State::root);
    simulation_.trace([&] { return name_of(process_.host) + " * prints message " + std::string(message.payload); });
    if (wrong) simulation_.breach(Invariant::at_most_once, *wrong);
  }
}

void Simulation::Member::tell(const NodeEvent& event) {
  simulation_.trace([&] { return name_of(process_.host) + " * " + text_of(event); });
}

}  // namespace wireproof::hmtp::simulation
