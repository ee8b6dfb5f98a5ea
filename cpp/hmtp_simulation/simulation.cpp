#include "hmtp_simulation/simulation.hpp"

#include <algorithm>

#include "hmtp_simulation/member.hpp"

namespace wireproof::hmtp::simulation {
namespace {

constexpr std::uint64_t kTimeOfDay = 1'800'000'000;
constexpr std::uint32_t kEpilogue = 3;  ///< messages after the bound
/// A whole round of refreshes after the bound: a tree that is whole by chance does not stay so.
constexpr Time kAfterwards = seconds(130);
/// Per node and second of virtual time, with all that a storm of datagrams needs many times over.
constexpr std::uint64_t kMostEvents = 100;

}  // namespace

Simulation::Simulation(const Plan& plan, Tampering tampering, TraceSink sink)
    : plan_(plan),
      tampering_(std::move(tampering)),
      sink_(std::move(sink)),
      network_(plan.seed, plan.is_local),
      world_([this](Host from, Host to, std::string_view) { return network_.fate(from, to); }, watch()),
      members_(plan.nodes + 1),
      nodes_(plan.nodes + 1),
      starts_(plan.nodes + 1),
      forest_(nodes_),
      registrations_(rendezvous_options_.lifetime) {
  options_.rendezvous = endpoint_of(kRendezvous);
  options_.children_max = plan_.children_max;
  rendezvous_options_.extensions = plan_.protocol != Protocol::plain;
  start_rendezvous();
  for (const Action& action : plan_.actions) {
    world_.at(action.at, [this, &action] { act(action); });
  }
  world_.at(plan_.calm_at, [this] { calm(); });
}

Simulation::~Simulation() = default;

Simulation::World::Watch Simulation::watch() {
  World::Watch watch;
  watch.call = [this](Host host, Process&) {
    if (host != kRendezvous) return judge(host);
    if (is_settled_) look_at_tree();  // what became of the registration
  };
  watch.arrival = [this](Host from, Host to, std::string_view datagram, bool there) {
    arriving(from, to, datagram, there);
  };
  watch.loss = [this](Host from, Host to, std::string_view datagram) {
    ++outcome_.lost;
    trace([&] { return name_of(from) + " > " + name_of(to) + ' ' + std::string(datagram.substr(0, 4)) + " (lost)"; });
  };
  return watch;
}

Outcome Simulation::run() {
  while (world_.next() != kNever) {
    world_.step();
    if (is_over_) break;
    ++outcome_.events;
    const auto passed = static_cast<std::uint64_t>(world_.now() / seconds(1)) + 100;
    if (outcome_.events > kMostEvents * passed * plan_.nodes) {
      breach(Invariant::traffic, "the group does not come to rest");
      break;
    }
  }
  finish();
  return outcome_;
}

/// The last failure was.
void Simulation::calm() {
  network_.set({.duplicates = plan_.faults == FaultLoad::none ? 10U : 0U});
  network_.heal();
  if (rendezvous_ == nullptr) start_rendezvous();
  is_calm_ = true;
  world_.at(std::max(world_.now(), world_.latest_arrival()), [this] { settled(); });
  trace([] { return std::string("-- from here on nothing fails"); });
}

/// The last datagram of before that has arrived.
void Simulation::settled() {
  assess_damage();
  const Time bound = world_.now() + outcome_.bound;
  world_.at(bound, [this] {
    must_be_whole_ = true;
    trace([] { return std::string("-- the bound is over"); });
    look_at_tree();
  });
  for (std::uint32_t i = 1; i <= kEpilogue; ++i) {
    world_.at(bound + seconds(i), [this, i] {
      message(static_cast<Host>(1 + mixed(plan_.seed, 7, i) % plan_.nodes),
              is_demanded(Invariant::exactly_once, plan_));
    });
  }
  world_.at(bound + kAfterwards, [this] { is_over_ = true; });
}

void Simulation::arriving(Host from, Host to, std::string_view datagram, bool there) {
  trace([&] {
    std::string text =
        name_of(from) + " > " + name_of(to) + ' ' + std::string(datagram) + (there ? "" : "(nobody there)");
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
  });
  if (there && to == kRendezvous && rendezvous_options_.extensions && parse_message(datagram).type == Type::leav) {
    registrations_.left(from);
  }
}

void Simulation::act(const Action& action) {
  trace([&] { return "== " + text_of(action); });
  using Kind = Action::Kind;
  switch (action.kind) {
    case Kind::start:
      return start(action.host);
    case Kind::crash:
    case Kind::leave: {
      const auto host = action.host == kRendezvous ? registered() : action.host;
      if (host) stop(*host, action.kind == Kind::leave);
      return;
    }
    case Kind::message:
      return message(action.host, plan_.faults == FaultLoad::none);
    case Kind::rendezvous_crash:
      rendezvous_ = nullptr;
      return world_.stop(kRendezvous);
    case Kind::rendezvous_start:
      if (rendezvous_ == nullptr) start_rendezvous();
      return;
    case Kind::conditions:
      return network_.set(action.conditions);
    case Kind::partition:
      return network_.split(action.value);
    case Kind::heal:
      return network_.heal();
  }
}

void Simulation::start(Host host) {
  if (members_[host] != nullptr) return;
  NodeOptions options = options_;
  options.self = endpoint_of(host);
  options.extensions = plan_.extended(host);
  if (plan_.clocks != Plan::Clocks::none) {
    options.clock = kTimeOfDay;
    if (plan_.clocks == Plan::Clocks::wrong) options.clock += mixed(plan_.seed, host, 2) % 86'400;
  }
  if (tampering_.options) tampering_.options(host, options);
  auto member = std::make_unique<Member>(*this, host, ++starts_[host], options);
  members_[host] = member.get();
  nodes_[host] = &member->node;
  world_.start(host, std::move(member));
  drive(host, [&](Node& node) { node.start(world_.now()); });
}

void Simulation::stop(Host host, bool in_order) {
  if (members_[host] == nullptr) return;
  if (in_order) drive(host, [&](Node& node) { node.leave(world_.now()); });
  members_[host] = nullptr;
  nodes_[host] = nullptr;
  world_.stop(host);
}

void Simulation::start_rendezvous() {
  auto rendezvous = std::make_unique<Rendezvous>(*this, rendezvous_options_);
  rendezvous_ = rendezvous.get();
  world_.start(kRendezvous, std::move(rendezvous));
  world_.call(kRendezvous, [&](Process&) {
    const Time now = world_.now();
    if (!plan_.keeps_state || !saved_root_.is_set() || saved_expiry_ <= now) return;
    rendezvous_->point.restore(saved_root_, std::min(saved_expiry_, now + rendezvous_options_.lifetime));
  });
}

/// Sent by the host, or by the next one that runs.
void Simulation::message(Host host, bool demanded) {
  for (unsigned tried = 0; members_[host] == nullptr; ++tried) {
    if (tried == plan_.nodes) return;
    host = static_cast<Host>(host % plan_.nodes + 1);
  }
  std::vector<Start> audience;
  for (Host other = 1; other <= plan_.nodes; ++other) {
    if (members_[other] != nullptr && members_[other]->was_in_tree) audience.push_back({other, starts_[other]});
  }
  const Node& node = members_[host]->node;
  const std::string payload = deliveries_.add({host, starts_[host]}, node.identifier(), std::move(audience), demanded);
  trace([&] { return "== message " + payload + " at " + name_of(host); });
  drive(host, [&](Node& origin) { origin.local_message(world_.now(), payload); });
}

template <typename Call>
void Simulation::drive(Host host, Call call) {
  world_.call(host, [&](Process&) { call(members_[host]->node); });
}

void Simulation::put(Host from, const Endpoint& to, std::string_view datagram) {
  ++outcome_.datagrams;
  const auto host = host_of(to);
  if (!host || *host > plan_.nodes) return;
  std::string changed;
  if (tampering_.send) {
    changed = datagram;
    if (!tampering_.send(from, *host, changed)) return;
    datagram = changed;
  }
  world_.send(from, *host, datagram);
}

void Simulation::send(const Endpoint& to, std::string_view datagram) {
  const auto host = host_of(to);
  std::string changed(datagram);
  if (host && tampering_.send && !tampering_.send(kRendezvous, *host, changed)) return;
  if (host && parse_message(changed).type == Type::yreg) {
    const auto other = registrations_.accepted(world_.now(), *host, [&](Host known) {
      return nodes_[known] != nullptr && nodes_[known]->state() == Node::State::root;
    });
    if (other) {
      breach(Invariant::one_root, "the rendezvous point accepts " + name_of(*host) + ", and " + name_of(*other) +
                                      " is still the root that it accepted before");
    }
  }
  put(kRendezvous, to, changed);
}

/// As rdv-point writes its state file: whole seconds, the next ones.
void Simulation::tell(const RendezvousEvent& event) {
  using What = RendezvousEvent::What;
  if (event.what == What::refused || event.what == What::restored) return;
  const bool is_root = event.what == What::registered || event.what == What::refreshed;
  saved_root_ = is_root ? event.peer : Endpoint{};
  saved_expiry_ = std::chrono::ceil<seconds>(world_.now() + rendezvous_options_.lifetime);
}

}  // namespace wireproof::hmtp::simulation
