#pragma once
// A group in a simulated world, on a network that delays by a millisecond and loses nothing unless a test says so.

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "hmtp/node.hpp"
#include "hmtp/rendezvous_point.hpp"
#include "hmtp_simulation/forest.hpp"
#include "simulation/world.hpp"

namespace wireproof::hmtp::testing {

using namespace std::chrono_literals;

inline Endpoint address(unsigned host) { return Endpoint::v4(0x0A000000 + host, kMulticastPort); }

struct Datagram {
  Time at{0};
  Endpoint from;
  Endpoint to;
  std::string bytes;

  Type type() const { return parse_message(bytes).type; }
};

class SmallGroup;
using Process = wireproof::simulation::Process<Endpoint>;

class Member : public Process, public NodeSurroundings {
 public:
  Member(SmallGroup& group, const NodeOptions& options, std::uint64_t seed)
      : group_(group), node(options, seed, *this) {}

  void receive(Time now, const Endpoint& from, std::string_view datagram) override {
    node.receive(now, from, datagram);
  }
  void advance(Time now) override { node.advance(now); }
  Time next_deadline() const override { return node.next_deadline(); }

  void send(const Endpoint& to, std::string_view datagram) override;
  void deliver(const Delivery& message) override { printed.emplace_back(message.payload); }
  void tell(const NodeEvent& event) override { events.push_back(event); }

  bool told(NodeEvent::What what) const {
    return std::any_of(events.begin(), events.end(), [&](const NodeEvent& event) { return event.what == what; });
  }

 private:
  SmallGroup& group_;

 public:
  Node node;
  std::vector<std::string> printed;
  std::vector<NodeEvent> events;
};

class RendezvousProcess : public Process {
 public:
  RendezvousProcess(const RendezvousOptions& options, RendezvousSurroundings& surroundings)
      : point(options, surroundings) {}

  void receive(Time now, const Endpoint& from, std::string_view datagram) override {
    point.receive(now, from, datagram);
  }
  void advance(Time now) override { point.advance(now); }
  Time next_deadline() const override { return point.next_deadline(); }

  RendezvousPoint point;
};

class SmallGroup : public RendezvousSurroundings {
 public:
  static constexpr unsigned kRendezvous = 100;

  explicit SmallGroup(bool extensions = true) {
    options.extensions = extensions;
    options.rendezvous = address(kRendezvous);
    start_rendezvous();
  }

  void start_rendezvous() {
    auto process = std::make_unique<RendezvousProcess>(RendezvousOptions{.extensions = options.extensions}, *this);
    rendezvous = &process->point;
    world_.start(address(kRendezvous), std::move(process));
  }
  void crash_rendezvous() {
    rendezvous = nullptr;
    world_.stop(address(kRendezvous));
  }
  Member& start(unsigned host) {
    NodeOptions own = options;
    own.self = address(host);
    auto process = std::make_unique<Member>(*this, own, host + 1000 * ++starts_);
    Member& member = *process;
    members[host] = &member;
    world_.start(address(host), std::move(process));
    member.node.start(now());
    return member;
  }
  void crash(unsigned host) {
    members.erase(host);
    world_.stop(address(host));
  }
  Node& node(unsigned host) { return members.at(host)->node; }
  Member& member(unsigned host) { return *members.at(host); }
  Time now() const { return world_.now(); }

  void put(const Endpoint& from, const Endpoint& to, std::string_view bytes) {
    sent.push_back({now(), from, to, std::string(bytes)});
    world_.send(from, to, bytes);
  }
  void send(const Endpoint& to, std::string_view datagram) override { put(address(kRendezvous), to, datagram); }
  void tell(const RendezvousEvent& event) override { rendezvous_events.push_back(event.what); }

  /// Lets everything happen that is due until `time` has passed.
  void run(Time time) {
    const Time end = now() + time;
    // A test calls the cores directly.
    for (const auto& [host, member] : members) world_.call(address(host), [](Process&) {});
    if (rendezvous != nullptr) world_.call(address(kRendezvous), [](Process&) {});
    while (world_.next() <= end) {
      ASSERT_LT(++steps_, 1'000'000U) << "the group does not come to rest";
      world_.step();
      if (watch) watch();
    }
    world_.run_until(end);
  }

  std::vector<std::string> types(Time since = Time{0}) const {
    std::vector<std::string> names;
    for (const Datagram& datagram : sent) {
      if (datagram.at >= since) names.emplace_back(name_of(datagram.type()));
    }
    return names;
  }
  unsigned roots() const {
    unsigned count = 0;
    for (const auto& [host, member] : members) count += member->node.state() == Node::State::root;
    return count;
  }
  bool has_cycle() const {
    const auto nodes = by_host();
    const simulation::Forest forest(nodes);
    return std::any_of(members.begin(), members.end(),
                       [&](const auto& member) { return forest.cycle_through(number(member.first)); });
  }
  /// Every node's way upwards ends at the one root.
  bool is_one_tree() const {
    const auto root = std::find_if(members.begin(), members.end(),
                                   [](const auto& member) { return member.second->node.state() == Node::State::root; });
    const auto nodes = by_host();
    return root != members.end() && simulation::Forest(nodes).one_tree(number(root->first));
  }

  NodeOptions options;
  RendezvousPoint* rendezvous = nullptr;  ///< where it runs
  std::vector<RendezvousEvent::What> rendezvous_events;
  std::map<unsigned, Member*> members;  ///< those that run
  std::vector<Datagram> sent;
  /// The delays after which copies of a datagram arrive; none: it is lost.
  std::function<std::vector<Time>(const Datagram&)> fate;
  /// Called after each event.
  std::function<void()> watch;

 private:
  static simulation::Host number(unsigned host) { return simulation::host_of(address(host)).value(); }
  std::vector<const Node*> by_host() const {
    std::vector<const Node*> nodes(members.empty() ? 0 : members.rbegin()->first + 1);
    for (const auto& [host, member] : members) nodes[number(host)] = &member->node;
    return nodes;
  }
  std::span<const Time> delays_of(const Datagram& datagram) {
    delays_ = fate ? fate(datagram) : std::vector<Time>{1ms};
    return delays_;
  }

  wireproof::simulation::World<Endpoint> world_{
      [this](const Endpoint& from, const Endpoint& to, std::string_view bytes) {
        return delays_of({now(), from, to, std::string(bytes)});
      }};
  std::vector<Time> delays_;
  std::uint64_t starts_ = 0;
  std::size_t steps_ = 0;
};

inline void Member::send(const Endpoint& to, std::string_view datagram) {
  group_.put(node.options().self, to, datagram);
}

}  // namespace wireproof::hmtp::testing
