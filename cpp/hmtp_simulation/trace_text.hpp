#pragma once
// What nodes tell, as lines of a trace.

#include <string>

#include "hmtp/node_surroundings.hpp"
#include "hmtp_simulation/host.hpp"

namespace wireproof::hmtp::simulation {

inline std::string text_of(const NodeEvent& event) {
  using What = NodeEvent::What;
  const auto host = host_of(event.peer);
  const std::string peer = host ? name_of(*host) : "?";
  const std::string number = std::to_string(event.number);
  switch (event.what) {
    case What::became_root:
      return "is the root";
    case What::registration_lost:
      return "is the root no longer";
    case What::rendezvous_silent:
      return "hears nothing from rp";
    case What::attached:
      return "attached to " + peer;
    case What::refused:
      return "refused by " + peer + ", who names " + number;
    case What::silent:
      return "hears nothing from " + peer;
    case What::parent_lost:
      return "lost its parent " + peer;
    case What::parent_left:
      return "was left by its parent " + peer;
    case What::walk_failed:
      return "found no place";
    case What::subtree_given_up:
      return "gives up its " + number + " children";
    case What::child_accepted:
      return "accepts " + peer;
    case What::child_refused:
      return "refuses " + peer;
    case What::child_expired:
      return "drops its child " + peer;
    case What::child_left:
      return "was left by its child " + peer;
    case What::message_dropped:
      return "dropped its message " + number;
    case What::message_unconfirmed:
      return "has not seen its message " + number + " again";
  }
  return "?";
}

}  // namespace wireproof::hmtp::simulation
