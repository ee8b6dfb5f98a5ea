#include "hmtp_simulation/invariant.hpp"

namespace wireproof::hmtp::simulation {

std::string_view name_of(Invariant invariant) {
  constexpr std::array<std::string_view, kInvariants> kNames{
      "no-cycle", "child-limit", "one-root", "attached-again", "at-most-once", "exactly-once", "repaired", "traffic"};
  return kNames[static_cast<std::size_t>(invariant)];
}

bool is_demanded(Invariant invariant, const Plan& plan) {
  switch (invariant) {
    case Invariant::child_limit:
    case Invariant::at_most_once:
    case Invariant::traffic:
      return true;
    case Invariant::one_root:
      return plan.protocol == Protocol::plain || plan.keeps_state || !plan.rendezvous_fails();
    case Invariant::exactly_once:
      return plan.protocol == Protocol::extended || plan.faults == FaultLoad::none;
    case Invariant::no_cycle:
    case Invariant::attached_again:
      return plan.protocol != Protocol::mixed || plan.faults == FaultLoad::none;
    case Invariant::repaired:
      return plan.protocol != Protocol::mixed && plan.faults == FaultLoad::crashes;
  }
  return true;
}

}  // namespace wireproof::hmtp::simulation
