#include "hmtp_simulation/plan.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "random/random.hpp"

namespace wireproof::hmtp::simulation {
namespace {

using Kind = Action::Kind;

unsigned draw_size(Random& random) {
  const std::uint64_t share = random.below(100);
  if (share < 60) return 3 + static_cast<unsigned>(random.below(14));
  if (share < 85) return 17 + static_cast<unsigned>(random.below(48));
  if (share < 95) return 65 + static_cast<unsigned>(random.below(136));
  return 201 + static_cast<unsigned>(random.below(300));
}

FaultLoad draw_fault_load(Random& random) {
  const std::uint64_t share = random.below(100);
  return share < 15   ? FaultLoad::none
         : share < 35 ? FaultLoad::crashes
         : share < 65 ? FaultLoad::occasional
                      : FaultLoad::continual;
}

/// Draws the actions of a plan whose other members are set.
class Drawing {
 public:
  Drawing(Plan& plan, Random& random) : plan_(plan), random_(random) {}

  void starts() {
    const Time spread = seconds(std::array{0, 10, 120}[random_.below(3)]);
    for (Host host = 1; host <= plan_.nodes; ++host) add({.at = moment({}, spread), .kind = Kind::start, .host = host});
    plan_.calm_at = spread;
    if (random_.below(2) == 0) add({.kind = Kind::conditions, .conditions = {.duplicates = percent(20)}});
  }

  void failures() {
    plan_.calm_at += seconds(60 + random_.below(plan_.nodes > 64 ? 500 : 1200));
    for (std::uint64_t left = 1 + random_.below(6 + plan_.nodes / 8); left > 0; --left) failure();
  }

  /// Five to twenty-five phases of up to five minutes, each with its loss, and something that fails at its end.
  void continual_failures() {
    for (std::uint64_t left = 5 + random_.below(plan_.nodes > 64 ? 5 : 21); left > 0; --left) {
      const unsigned loss = 40 * static_cast<unsigned>(random_.below(3));
      const unsigned duplicates = percent(20);
      add({.at = plan_.calm_at, .kind = Kind::conditions, .conditions = {loss, duplicates, percent(10)}});
      plan_.calm_at += milliseconds(10'000 + random_.below(300'000));
      const std::uint64_t share = random_.below(100);
      if (share < 50) {
        stop(Kind::crash, plan_.calm_at, plan_.calm_at + seconds(random_.below(60)), any_host());
      } else if (share < 60) {
        stop(Kind::leave, plan_.calm_at, plan_.calm_at, any_host());
      } else if (share < 75) {
        add({.at = plan_.calm_at, .kind = Kind::rendezvous_crash});
        add({.at = plan_.calm_at, .kind = Kind::rendezvous_start});
      } else if (share < 85) {
        add({.at = plan_.calm_at, .kind = Kind::partition, .value = random_.bits() >> 32});
      } else {
        add({.at = plan_.calm_at, .kind = Kind::heal});
      }
    }
  }

  void messages(std::optional<unsigned> given) {
    const std::uint64_t drawn = 3 + random_.below(15);
    for (std::uint64_t left = given.value_or(drawn); left > 0; --left) {
      add({.at = moment({}, plan_.calm_at + seconds(150)), .kind = Kind::message, .host = any_host()});
    }
  }

 private:
  void add(const Action& action) { plan_.actions.push_back(action); }
  Time moment(Time from, Time to) {
    return from + milliseconds(random_.below(static_cast<std::uint64_t>((to - from) / milliseconds(1)) + 1));
  }
  Host any_host() { return static_cast<Host>(1 + random_.below(plan_.nodes)); }
  unsigned percent(std::uint64_t limit) { return static_cast<unsigned>(random_.below(limit + 1)); }

  void failure() {
    const Time at = moment({}, plan_.calm_at);
    const Time until = at + milliseconds(random_.below(3) == 0 ? 0 : random_.below(300'000));
    const std::uint64_t share = random_.below(plan_.faults == FaultLoad::crashes ? 50 : 100);
    if (share < 35) {
      stop(Kind::crash, at, until, random_.below(4) == 0 ? kRendezvous : any_host());
    } else if (share < 45) {
      stop(Kind::leave, at, until, any_host());
    } else if (share < 50) {
      // Half of the nodes at once.
      for (Host host = 1; host <= plan_.nodes; ++host) {
        if (random_.below(2) == 0) stop(Kind::crash, at, until, host);
      }
    } else if (share < 62) {
      add({.at = at, .kind = Kind::rendezvous_crash});
      add({.at = until, .kind = Kind::rendezvous_start});
    } else if (share < 72) {
      add({.at = at, .kind = Kind::partition, .value = random_.bits() >> 32});
      add({.at = until, .kind = Kind::heal});
    } else {
      const unsigned loss = std::array{0U, 10U, 40U, 80U}[random_.below(4)];
      const unsigned duplicates = percent(20);
      add({.at = at, .kind = Kind::conditions, .conditions = {loss, duplicates, percent(20)}});
      add({.at = until, .kind = Kind::conditions});
    }
  }

  void stop(Kind kind, Time at, Time until, Host host) {
    add({.at = at, .kind = kind, .host = host});
    if (random_.below(2) == 0 && host != kRendezvous) add({.at = until, .kind = Kind::start, .host = host});
  }

  Plan& plan_;
  Random& random_;
};

}  // namespace

bool Plan::extended(Host host) const {
  return protocol == Protocol::extended || (protocol == Protocol::mixed && mixed(seed, host, 1) % 2 == 0);
}

bool Plan::rendezvous_fails() const {
  return std::any_of(actions.begin(), actions.end(),
                     [](const Action& action) { return action.kind == Kind::rendezvous_crash; });
}

Plan make_plan(const Settings& settings, std::uint64_t seed) {
  // Everything is drawn, then replaced by what was given: a given value that equals the drawn one changes nothing.
  Random random(mixed(seed, 0));
  Plan plan;
  plan.seed = seed;
  plan.protocol = settings.protocol;
  plan.nodes = draw_size(random);
  const std::uint64_t within = random.bits() >> 32;
  if (settings.fewest_nodes) {
    const unsigned most = std::max(settings.most_nodes.value_or(*settings.fewest_nodes), *settings.fewest_nodes);
    plan.nodes = *settings.fewest_nodes + static_cast<unsigned>(within % (most - *settings.fewest_nodes + 1));
  }
  plan.faults = draw_fault_load(random);
  plan.faults = settings.faults.value_or(plan.faults);
  plan.children_max = random.below(2) == 0 ? 2 : 3;
  plan.children_max = settings.children_max.value_or(plan.children_max);
  plan.keeps_state = random.below(2) == 0;
  plan.keeps_state = settings.keeps_state.value_or(plan.keeps_state) && settings.protocol != Protocol::plain;
  plan.is_local = mixed(seed, 0, 1) % 2 == 0;
  plan.clocks = static_cast<Plan::Clocks>(random.below(3));

  Drawing drawing(plan, random);
  drawing.starts();
  if (plan.faults == FaultLoad::continual) drawing.continual_failures();
  if (plan.faults == FaultLoad::crashes || plan.faults == FaultLoad::occasional) drawing.failures();
  drawing.messages(settings.messages);
  for (Action& action : plan.actions) {
    if (action.kind != Kind::message) action.at = std::min(action.at, plan.calm_at);
  }
  std::stable_sort(plan.actions.begin(), plan.actions.end(),
                   [](const Action& left, const Action& right) { return left.at < right.at; });
  if (settings.only) {
    std::vector<Action> kept;
    for (const std::size_t number : *settings.only) {
      if (number < plan.actions.size()) kept.push_back(plan.actions[number]);
    }
    plan.actions = std::move(kept);
  }
  return plan;
}

std::string text_of(const Action& action) {
  switch (action.kind) {
    case Kind::start:
      return name_of(action.host) + " starts";
    case Kind::crash:
      return (action.host == kRendezvous ? "the registered root" : name_of(action.host)) + " crashes";
    case Kind::leave:
      return name_of(action.host) + " leaves";
    case Kind::message:
      return "a message at " + name_of(action.host);
    case Kind::rendezvous_crash:
      return "the rendezvous point crashes";
    case Kind::rendezvous_start:
      return "the rendezvous point starts";
    case Kind::conditions:
      return text_of(action.conditions);
    case Kind::partition:
      return "the network is split in two";
    case Kind::heal:
      return "the network is one again";
  }
  return "?";
}

std::string_view name_of(FaultLoad faults) {
  switch (faults) {
    case FaultLoad::none:
      return "none";
    case FaultLoad::crashes:
      return "crashes";
    case FaultLoad::occasional:
      return "occasional";
    case FaultLoad::continual:
      return "continual";
  }
  return "?";
}

std::string_view name_of(Protocol protocol) {
  switch (protocol) {
    case Protocol::extended:
      return "on";
    case Protocol::plain:
      return "off";
    case Protocol::mixed:
      return "mixed";
  }
  return "?";
}

}  // namespace wireproof::hmtp::simulation
