#pragma once
// What runs on the hosts: nodes with their surroundings, and the rendezvous point.

#include <array>
#include <utility>

#include "hmtp_simulation/simulation.hpp"

namespace wireproof::hmtp::simulation {

struct Simulation::Place {
  Node::State state;
  std::uint64_t seat;
  std::uint64_t parent_seat;
  Endpoint parent;
  std::uint64_t children;

  static Place of(const Node& node) {
    std::uint64_t children = node.children().size();
    for (const Child& child : node.children())
      children = mixed(children, child.node, host_of(child.endpoint).value_or(0));
    return {node.state(), node.seat(), node.parent_seat(), node.parent(), children};
  }
  friend bool operator==(const Place&, const Place&) = default;
};

class Simulation::Member : public Process, public NodeSurroundings {
 public:
  Member(Simulation& simulation, Host host, unsigned start, const NodeOptions& options)
      : simulation_(simulation),
        process_{host, start},
        node(options, mixed(simulation.plan_.seed, host, start), *this),
        place(Place::of(node)) {}

  void receive(Time now, const Host& from, std::string_view datagram) override {
    node.receive(now, endpoint_of(from), datagram);
  }
  void advance(Time now) override { node.advance(now); }
  Time next_deadline() const override { return node.next_deadline(); }

  void send(const Endpoint& to, std::string_view datagram) override { simulation_.put(process_.host, to, datagram); }
  void deliver(const Delivery& message) override;
  void tell(const NodeEvent& event) override;

 private:
  Simulation& simulation_;
  const Start process_;

 public:
  Node node;
  Place place;
  bool was_in_tree = false;
};

class Simulation::Rendezvous : public Process {
 public:
  Rendezvous(Simulation& simulation, const RendezvousOptions& options) : point(options, simulation) {}

  void receive(Time now, const Host& from, std::string_view datagram) override {
    point.receive(now, endpoint_of(from), datagram);
  }
  void advance(Time now) override { point.advance(now); }
  Time next_deadline() const override { return point.next_deadline(); }

  RendezvousPoint point;
};

}  // namespace wireproof::hmtp::simulation
