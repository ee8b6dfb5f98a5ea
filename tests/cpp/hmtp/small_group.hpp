#pragma once
// A group in virtual time on a network that delays by a millisecond and loses nothing unless a test says so.

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "hmtp/node.hpp"
#include "hmtp/rendezvous_point.hpp"

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

class Member : public NodeSurroundings {
 public:
  Member(SmallGroup& group, const NodeOptions& options, std::uint64_t seed)
      : group_(group), node(options, seed, *this) {}

  void send(const Endpoint& to, std::string_view datagram) override;
  void deliver(const Delivery& message) override { printed.emplace_back(message.payload); }
  void tell(const NodeEvent& event) override { events.push_back(event); }

  bool told(NodeEvent::What what) const {
    for (const NodeEvent& event : events) {
      if (event.what == what) return true;
    }
    return false;
  }

 private:
  SmallGroup& group_;

 public:
  Node node;
  std::vector<std::string> printed;
  std::vector<NodeEvent> events;
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
    rendezvous = std::make_unique<RendezvousPoint>(RendezvousOptions{.extensions = options.extensions}, *this);
  }
  Member& start(unsigned host) {
    NodeOptions own = options;
    own.self = address(host);
    members[host] = std::make_unique<Member>(*this, own, host + 1000 * ++starts_);
    members[host]->node.start(now);
    return *members[host];
  }
  void crash(unsigned host) { members.erase(host); }
  Node& node(unsigned host) { return members.at(host)->node; }
  Member& member(unsigned host) { return *members.at(host); }

  void put(const Endpoint& from, const Endpoint& to, std::string_view bytes) {
    Datagram datagram{now, from, to, std::string(bytes)};
    sent.push_back(datagram);
    const std::vector<Time> delays = fate ? fate(datagram) : std::vector<Time>{1ms};
    for (const Time delay : delays) flying_.emplace(now + delay, datagram);
  }
  void send(const Endpoint& to, std::string_view datagram) override { put(address(kRendezvous), to, datagram); }
  void tell(const RendezvousEvent& event) override { rendezvous_events.push_back(event.what); }

  /// Lets everything happen that is due until `time` has passed.
  void run(Time time) {
    const Time end = now + time;
    for (;;) {
      Time next = flying_.empty() ? kNever : flying_.begin()->first;
      if (rendezvous) next = std::min(next, rendezvous->next_deadline());
      for (const auto& [host, member] : members) next = std::min(next, member->node.next_deadline());
      if (next > end) break;
      ASSERT_LT(++steps_, 1'000'000U) << "the group does not come to rest";
      now = std::max(now, next);
      if (rendezvous) rendezvous->advance(now);
      for (const auto& [host, member] : members) member->node.advance(now);
      if (flying_.empty() || flying_.begin()->first > now) continue;
      const Datagram datagram = std::move(flying_.begin()->second);
      flying_.erase(flying_.begin());
      if (datagram.to == address(kRendezvous) && rendezvous) rendezvous->receive(now, datagram.from, datagram.bytes);
      for (const auto& [host, member] : members) {
        if (datagram.to == address(host)) member->node.receive(now, datagram.from, datagram.bytes);
      }
      if (watch) watch();
    }
    now = end;
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
  /// The parent, if both ends hold the edge.
  const Node* above(const Node& node) const {
    if (node.state() != Node::State::attached) return nullptr;
    for (const auto& [host, candidate] : members) {
      if (address(host) != node.parent()) continue;
      if (node.parent_seat() != (options.extensions ? candidate->node.seat() : 0)) return nullptr;
      for (const Child& child : candidate->node.children()) {
        const bool same = !options.extensions || child.node == node.identifier();
        if (child.endpoint == node.options().self && same) return &candidate->node;
      }
    }
    return nullptr;
  }
  bool has_cycle() const {
    for (const auto& [host, member] : members) {
      std::size_t steps = 0;
      for (const Node* node = &member->node; node != nullptr; node = above(*node)) {
        if (++steps > members.size()) return true;
      }
    }
    return false;
  }
  /// Every node's way upwards ends at the one root.
  bool is_one_tree() const {
    for (const auto& [host, member] : members) {
      const Node* node = &member->node;
      for (std::size_t steps = 0; node != nullptr && node->state() != Node::State::root; node = above(*node)) {
        if (++steps > members.size()) return false;
      }
      if (node == nullptr) return false;
    }
    return roots() == 1;
  }

  NodeOptions options;
  Time now{0};
  std::unique_ptr<RendezvousPoint> rendezvous;
  std::vector<RendezvousEvent::What> rendezvous_events;
  std::map<unsigned, std::unique_ptr<Member>> members;
  std::vector<Datagram> sent;
  /// The delays after which copies of a datagram arrive; none: it is lost.
  std::function<std::vector<Time>(const Datagram&)> fate;
  /// Called after each event.
  std::function<void()> watch;

 private:
  std::multimap<Time, Datagram> flying_;
  std::uint64_t starts_ = 0;
  std::size_t steps_ = 0;
};

inline void Member::send(const Endpoint& to, std::string_view datagram) {
  group_.put(node.options().self, to, datagram);
}

}  // namespace wireproof::hmtp::testing
