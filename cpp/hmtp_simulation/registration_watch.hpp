#pragma once
// Which nodes the rendezvous point has accepted as the root, told from its datagrams alone: a restart forgets nothing
// here.

#include <map>
#include <optional>

#include "hmtp/time.hpp"
#include "hmtp_simulation/host.hpp"

namespace wireproof::hmtp::simulation {

class RegistrationWatch {
 public:
  explicit RegistrationWatch(Time lifetime) : lifetime_(lifetime) {}

  /// The rendezvous point has answered YREG. Another host that it accepted before and that is still to be taken for the
  /// root, if there is one; `is_root`: whether a host lives and takes itself for the root.
  template <typename IsRoot>
  std::optional<Host> accepted(Time now, Host host, IsRoot is_root) {
    std::optional<Host> other;
    for (const auto& [known, expires] : expires_) {
      if (known != host && now < expires && is_root(known)) other = known;
    }
    expires_[host] = now + lifetime_;
    return other;
  }
  /// It was told that the host leaves.
  void left(Host host) { expires_.erase(host); }

 private:
  Time lifetime_;
  std::map<Host, Time> expires_;
};

}  // namespace wireproof::hmtp::simulation
