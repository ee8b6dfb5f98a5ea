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
      members_(plan.nodes + 1),
      nodes_(plan.nodes + 1),
      starts_(plan.nodes + 1),
      sent_(plan.nodes + 1),
      forest_(nodes_),
      registrations_(rendezvous_options_.lifetime) {
  options_.rendezvous = endpoint_of(kRendezvous);
  options_.children_max = plan_.children_max;
  rendezvous_options_.extensions = plan_.protocol != Protocol::plain;
  start_rendezvous();
  for (std::uint32_t i = 0; i < plan_.actions.size(); ++i) {
    queue_.add({.at = plan_.actions[i].at, .number = i, .kind = Event::Kind::action});
  }
  queue_.add({.at = plan_.calm_at, .kind = Event::Kind::calm});
}

Simulation::~Simulation() = default;

Outcome Simulation::run() {
  while (!queue_.empty()) {
    const Event event = queue_.take();
    now_ = event.at;
    if (event.kind == Event::Kind::end) break;
    take(event);
    ++outcome_.events;
    const auto passed = static_cast<std::uint64_t>(now_ / seconds(1)) + 100;
    if (outcome_.events > kMostEvents * passed * plan_.nodes) {
      breach(Invariant::traffic, "the group does not come to rest");
      break;
    }
  }
  finish();
  return outcome_;
}

void Simulation::take(const Event& event) {
  switch (event.kind) {
    case Event::Kind::datagram:
      return arrive(event);
    case Event::Kind::wake:
      if (event.host == kRendezvous) {
        if (rendezvous_ != nullptr) rendezvous_->advance(now_);
        return watch_rendezvous();
      }
      if (members_[event.host] == nullptr || members_[event.host]->wakes != now_) return;
      members_[event.host]->wakes = kNever;
      return drive(event.host, [&](Node& node) { node.advance(now_); });
    case Event::Kind::action:
      return act(plan_.actions[event.number]);
    case Event::Kind::calm:
      network_.set_weather({.duplicates = plan_.weather == Weather::calm ? 10U : 0U});
      network_.heal();
      if (rendezvous_ == nullptr) start_rendezvous();
      is_calm_ = true;
      queue_.add({.at = std::max(now_, latest_arrival_), .kind = Event::Kind::settled});
      return trace([] { return std::string("-- from here on nothing fails"); });
    case Event::Kind::settled:
      settled();
      queue_.add({.at = now_ + outcome_.bound, .kind = Event::Kind::whole});
      for (std::uint32_t i = 1; i <= kEpilogue; ++i) {
        queue_.add({.at = now_ + outcome_.bound + seconds(i), .number = i, .kind = Event::Kind::epilogue});
      }
      queue_.add({.at = now_ + outcome_.bound + kAfterwards, .kind = Event::Kind::end});
      return;
    case Event::Kind::whole:
      must_be_whole_ = true;
      trace([] { return std::string("-- the bound is over"); });
      return look_at_tree();
    case Event::Kind::epilogue:
      return message(static_cast<Host>(1 + mixed(plan_.seed, 7, event.number) % plan_.nodes),
                     is_demanded(Invariant::exactly_once, plan_));
    case Event::Kind::end:
      return;
  }
}

void Simulation::arrive(const Event& event) {
  queue_.release(event.number, arrived_);
  const auto show = [&](const char* more) {
    trace([&] {
      std::string text = name_of(event.from) + " > " + name_of(event.host) + ' ' + arrived_ + more;
      std::replace(text.begin(), text.end(), '\n', ' ');
      return text;
    });
  };
  if (event.host != kRendezvous) {
    if (members_[event.host] == nullptr) return show("(nobody there)");
    show("");
    return drive(event.host, [&](Node& node) { node.receive(now_, endpoint_of(event.from), arrived_); });
  }
  if (rendezvous_ == nullptr) return show("(nobody there)");
  show("");
  if (rendezvous_options_.extensions && parse_message(arrived_).type == Type::leav) registrations_.left(event.from);
  rendezvous_->receive(now_, endpoint_of(event.from), arrived_);
  watch_rendezvous();
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
      return message(action.host, plan_.weather == Weather::calm);
    case Kind::rendezvous_crash:
      rendezvous_.reset();
      return;
    case Kind::rendezvous_start:
      if (rendezvous_ == nullptr) start_rendezvous();
      return;
    case Kind::weather:
      return network_.set_weather(action);
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
  members_[host] = std::make_unique<Member>(*this, host, ++starts_[host], options);
  nodes_[host] = &members_[host]->node;
  drive(host, [&](Node& node) { node.start(now_); });
}

void Simulation::stop(Host host, bool in_order) {
  if (members_[host] == nullptr) return;
  if (in_order) drive(host, [&](Node& node) { node.leave(now_); });
  members_[host].reset();
  nodes_[host] = nullptr;
}

void Simulation::start_rendezvous() {
  rendezvous_ = std::make_unique<RendezvousPoint>(rendezvous_options_, *this);
  if (plan_.keeps_state && saved_root_.is_set() && saved_expiry_ > now_) {
    rendezvous_->restore(saved_root_, std::min(saved_expiry_, now_ + rendezvous_options_.lifetime));
  }
  watch_rendezvous();
}

/// Looks at what became of the registration, and sees to its end.
void Simulation::watch_rendezvous() {
  if (is_settled_) look_at_tree();
  const Time next = rendezvous_ != nullptr ? rendezvous_->next_deadline() : kNever;
  if (next == kNever || next == rendezvous_wakes_) return;
  rendezvous_wakes_ = next;
  queue_.add({.at = next, .host = kRendezvous, .kind = Event::Kind::wake});
}

/// Sent by the host, or by the next one that runs.
void Simulation::message(Host host, bool demanded) {
  for (unsigned tried = 0; members_[host] == nullptr; ++tried) {
    if (tried == plan_.nodes) return;
    host = static_cast<Host>(host % plan_.nodes + 1);
  }
  std::vector<Process> audience;
  for (Host other = 1; other <= plan_.nodes; ++other) {
    if (members_[other] != nullptr && members_[other]->was_in_tree) audience.push_back({other, starts_[other]});
  }
  const Node& node = members_[host]->node;
  const std::string payload = deliveries_.add({host, starts_[host]}, node.identifier(), std::move(audience), demanded);
  trace([&] { return "== message " + payload + " at " + name_of(host); });
  drive(host, [&](Node& origin) { origin.local_message(now_, payload); });
}

/// Calls the core, looks at what became of it, and sees to its next timer.
template <typename Call>
void Simulation::drive(Host host, Call call) {
  Member& member = *members_[host];
  call(member.node);
  judge(host);
  const Time next = std::max(now_, member.node.next_deadline());
  if (next >= member.wakes) return;
  member.wakes = next;
  queue_.add({.at = next, .host = host, .kind = Event::Kind::wake});
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
  const auto delays = network_.fate(from, *host, ++sent_[from]);
  if (delays.empty()) {
    ++outcome_.lost;
    trace(
        [&] { return name_of(from) + " > " + name_of(*host) + ' ' + std::string(datagram.substr(0, 4)) + " (lost)"; });
  }
  for (const Time delay : delays) {
    latest_arrival_ = std::max(latest_arrival_, now_ + delay);
    queue_.add({.at = now_ + delay,
                .number = queue_.keep(datagram),
                .host = *host,
                .from = from,
                .kind = Event::Kind::datagram});
  }
}

void Simulation::send(const Endpoint& to, std::string_view datagram) {
  const auto host = host_of(to);
  std::string changed(datagram);
  if (host && tampering_.send && !tampering_.send(kRendezvous, *host, changed)) return;
  if (host && parse_message(changed).type == Type::yreg) {
    const auto other = registrations_.accepted(now_, *host, [&](Host known) {
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
  saved_expiry_ = std::chrono::ceil<seconds>(now_ + rendezvous_options_.lifetime);
}

}  // namespace wireproof::hmtp::simulation
