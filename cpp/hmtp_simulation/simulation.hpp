#pragma once
// One run: a rendezvous point and nodes, the very cores of rdv-point and mcast-node, in virtual time.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hmtp/node.hpp"
#include "hmtp/rendezvous_point.hpp"
#include "hmtp_simulation/delivery_watch.hpp"
#include "hmtp_simulation/forest.hpp"
#include "hmtp_simulation/invariant.hpp"
#include "hmtp_simulation/plan.hpp"
#include "hmtp_simulation/registration_watch.hpp"
#include "simulation/network.hpp"
#include "simulation/world.hpp"

namespace wireproof::hmtp::simulation {

/// What the last failure leaves behind.
struct Damage {
  unsigned height = 0;   ///< of the highest orphaned subtree
  std::size_t dead = 0;  ///< nodes that ran once
};

struct Outcome {
  Breaches breaches;
  std::uint64_t events = 0;     ///< datagrams that arrived, timers, actions
  std::uint64_t datagrams = 0;  ///< sent
  std::uint64_t lost = 0;       ///< of them
  std::size_t messages = 0;
  std::uint64_t deliveries = 0;
  std::uint64_t owed = 0;    ///< see DeliveryWatch::Score
  std::uint64_t missed = 0;  ///< of them
  Time last_failure{0};
  Damage damage;           ///< then
  Time bound{0};           ///< B
  Time recovery = kNever;  ///< from the last failure until all was one tree; kNever: not by the end
  Time virtual_time{0};

  bool broken(Invariant invariant) const { return breaches[static_cast<std::size_t>(invariant)].has_value(); }
};

/// Time after the last failure within which all live nodes are one tree (docs/protocols/hmtp.md, section 9).
/// `lifetime`: of a registration; `answer`: the longest time until one comes.
Time bound_of(const NodeOptions& options, Time lifetime, Time answer, const Damage& damage);

/// Wrong rules, to prove that breaches are found. None is set in an honest run.
struct Tampering {
  std::function<void(Host, NodeOptions&)> options;
  /// May change a datagram on its way out; false: it is not sent.
  std::function<bool(Host from, Host to, std::string& datagram)> send;
  std::function<unsigned(Host)> prints;  ///< how often a message is printed
};

/// What runs on a host: a node, or the rendezvous point.
using Process = wireproof::simulation::Process<Host>;

class Simulation : public RendezvousSurroundings {
 public:
  /// Lines for people: "12.345678 n3 > n1 RJOI".
  using TraceSink = std::function<void(const std::string&)>;

  explicit Simulation(const Plan& plan, Tampering tampering = {}, TraceSink sink = {});
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;
  ~Simulation() override;

  Outcome run();

 private:
  class Member;
  class Rendezvous;
  using World = wireproof::simulation::World<Host>;
  /// What of a node decides about edges.
  struct Place;

  // simulation.cpp: events
  World::Watch watch();
  void arriving(Host from, Host to, std::string_view datagram, bool there);
  void act(const Action& action);
  void calm();
  void settled();
  void start(Host host);
  void stop(Host host, bool in_order);
  void start_rendezvous();
  void message(Host host, bool demanded);
  template <typename Call>
  void drive(Host host, Call call);
  void put(Host from, const Endpoint& to, std::string_view datagram);
  void send(const Endpoint& to, std::string_view datagram) override;
  void tell(const RendezvousEvent& event) override;

  // simulation_judging.cpp: what is watched
  void judge(Host host);
  void look_at_tree();
  void assess_damage();
  void finish();
  void breach(Invariant invariant, const std::string& text);
  std::optional<Host> registered() const;
  template <typename Text>
  void trace(Text text) const {
    if (sink_) write_trace(text());
  }
  void write_trace(const std::string& text) const;

  const Plan plan_;
  const Tampering tampering_;
  const TraceSink sink_;
  Outcome outcome_;
  NodeOptions options_;
  RendezvousOptions rendezvous_options_;
  wireproof::simulation::Network network_;
  World world_;

  Rendezvous* rendezvous_ = nullptr;  ///< where it runs
  Endpoint saved_root_;
  Time saved_expiry_{0};
  std::vector<Member*> members_;    ///< by host; nothing where none runs
  std::vector<const Node*> nodes_;  ///< the same
  std::vector<unsigned> starts_;

  Forest forest_;
  DeliveryWatch deliveries_;
  RegistrationWatch registrations_;
  bool is_calm_ = false;
  bool is_settled_ = false;
  bool must_be_whole_ = false;
  bool is_whole_ = false;
  bool is_over_ = false;
};

}  // namespace wireproof::hmtp::simulation
