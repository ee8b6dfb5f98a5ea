#pragma once
// The rendezvous point: knows the root of the tree. Pure: no socket, no clock.

#include <cstdint>
#include <string>
#include <string_view>

#include "hmtp/endpoint.hpp"
#include "hmtp/time.hpp"

namespace wireproof::hmtp {

struct RendezvousOptions {
  Time lifetime = seconds(180);  ///< of a registration after its last RREG
  bool extensions = true;        ///< a root may say that it leaves
};

struct RendezvousEvent {
  enum class What : std::uint8_t {
    registered,  ///< `peer` is the root now
    refreshed,   ///< it said so again
    refused,     ///< `peer` wanted to be the root
    expired,     ///< the root was silent for too long
    left,        ///< the root said so
    restored     ///< remembered from before a restart
  };
  What what;
  Endpoint peer;
};

/// The calls come while the rendezvous point's own functions run; they must not call it.
class RendezvousSurroundings {
 public:
  virtual ~RendezvousSurroundings() = default;
  virtual void send(const Endpoint& to, std::string_view datagram) = 0;
  virtual void tell(const RendezvousEvent& event) = 0;
};

struct RendezvousCounters {
  std::uint64_t received = 0;    ///< datagrams
  std::uint64_t malformed = 0;   ///< of them: not messages
  std::uint64_t unknown = 0;     ///< of them: of a type we do not know
  std::uint64_t unexpected = 0;  ///< of them: not for a rendezvous point
  std::uint64_t asked = 0;       ///< of them: ROOT
  std::uint64_t accepted = 0;    ///< of them: RREG answered by YREG
  std::uint64_t refused = 0;     ///< of them: RREG answered by NREG
};

class RendezvousPoint {
 public:
  RendezvousPoint(const RendezvousOptions& options, RendezvousSurroundings& surroundings)
      : options_(options), surroundings_(surroundings) {}

  /// Times never go back from call to call.
  void receive(Time now, const Endpoint& from, std::string_view datagram);
  void advance(Time now);
  /// When advance() has something to do.
  Time next_deadline() const { return root_.is_set() ? expires_ : kNever; }

  /// After a restart: `root` was registered and has until `expires`.
  void restore(const Endpoint& root, Time expires);

  const Endpoint& root() const { return root_; }  ///< unset: none is registered
  Time expires() const { return expires_; }
  const RendezvousCounters& counters() const { return counters_; }

 private:
  void register_root(Time now, const Endpoint& from);
  void forget(RendezvousEvent::What why);

  RendezvousOptions options_;
  RendezvousSurroundings& surroundings_;
  Endpoint root_;
  Time expires_ = kNever;
  std::string answer_;
  RendezvousCounters counters_;
};

}  // namespace wireproof::hmtp
