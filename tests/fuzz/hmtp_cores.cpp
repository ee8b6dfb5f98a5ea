// Hostile datagrams to a node and to a rendezvous point, at any time, from anybody they know or do not know. Whatever
// comes: limits hold, a datagram makes few datagrams, memory is bounded, and no timer comes due again and again.
// Input: per event one byte each of action, sender, pause and length, then that many bytes.

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "goals.hpp"
#include "hmtp/node.hpp"
#include "hmtp/rendezvous_point.hpp"

namespace {

using namespace wireproof;
using namespace wireproof::hmtp;
using wireproof::fuzz::Goal;

Goal attached("a node with a parent", 15);
Goal attached_in_order("a node with a parent of the extension", 3);
Goal root("a node that is the root", 5);
Goal parent("a node with a child", 10);
Goal delivered("a message of the group, printed", 10);
Goal registered("a root at the rendezvous point", 10);

void check(bool holds) {
  if (!holds) std::abort();
}

Endpoint host(unsigned number) { return Endpoint::v4(0x0A000000 + number, kMulticastPort); }

/// What the node under test sent last: an attacker who can see it can answer it.
struct Wires : NodeSurroundings, RendezvousSurroundings {
  void send(const Endpoint& to, std::string_view datagram) override {
    check(to.is_set());
    ++sent;
    last_to = to;
    last = datagram;
    if (parse_message(datagram).type == Type::rjoi) request = datagram;
  }
  void deliver(const Delivery& message) override {
    check(message.payload.size() <= kLongestPayload);
    delivered.reach();
  }
  void tell(const NodeEvent&) override {}
  void tell(const RendezvousEvent&) override {}

  std::size_t sent = 0;
  Endpoint last_to;
  std::string last;
  std::string request;
};

/// Bodies that fit, which random bytes would never find: the turn of the node's own request.
std::string fitting_answer(const Wires& wires, unsigned kind) {
  const auto fields = parse_fields(parse_message(wires.request).body);
  const std::string turn = std::to_string(fields ? fields->turn : 0);
  switch (kind % 6) {
    case 0:
      return "YJOI\n";
    case 1:
      return "YJOI\nnode=0000000000000001\nseat=0000000000000002\nturn=" + turn + "\norder=7.3\n";
    case 2:
      return "NJOI\n10.0.0.1 10000\n10.0.0.2 10000\n10.0.0.3 10000\n";
    case 3:
      return "NJOI\n";
    case 4:
      return "LEAV\nnode=0000000000000001\nseat=0000000000000002\nturn=" + turn + "\n";
    default:
      return "RJOI\nnode=0000000000000001\nturn=5\norder=9.9\n";
  }
}

struct Event {
  unsigned action = 0;
  unsigned sender = 0;
  Time pause{0};
  std::string_view bytes;
};

bool next_event(std::string_view& input, Event& event) {
  if (input.size() < 4) return false;
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(input[i]); };
  event.action = byte(0);
  event.sender = byte(1);
  // From nothing to 4 minutes.
  event.pause = milliseconds(byte(2) < 128 ? byte(2) : (byte(2) - 127) * 1900);
  event.bytes = input.substr(4, byte(3));
  input.remove_prefix(4 + event.bytes.size());
  return true;
}

/// Lets time pass: every timer that comes due must set itself into the future.
template <typename Core>
void pass(Core& core, Time& now, Time pause) {
  const Time end = now + pause;
  for (int steps = 0; core.next_deadline() <= end; ++steps) {
    check(steps < 10'000);
    now = std::max(now, core.next_deadline());
    core.advance(now);
    check(core.next_deadline() > now);
  }
  now = end;
}

void to_node(std::string_view input, bool extensions) {
  Wires wires;
  NodeOptions options;
  options.rendezvous = host(9);
  options.self = host(1);
  options.extensions = extensions;
  Node node(options, 1, wires);
  Time now{0};
  node.start(now);
  Event event;
  while (next_event(input, event)) {
    pass(node, now, event.pause);
    const Endpoint from = event.sender % 8 == 0 ? wires.last_to : host(1 + event.sender % 9);
    const std::size_t before = wires.sent;
    switch (event.action >> 5) {
      case 0:
        node.local_message(now, event.bytes);
        break;
      case 1:
        node.receive(now, from, fitting_answer(wires, event.action));
        break;
      case 2:
        node.receive(now, host(9), event.action % 2 == 0 ? "TOOR\n10.0.0.3 10000" : "TOOR\n");
        break;
      case 3:
        node.receive(now, host(9), event.action % 2 == 0 ? "YREG\n" : "NREG\n");
        break;
      case 4:
        node.receive(now, from, encode_data({1 + event.action % 4U, 1 + event.bytes.size()}, event.bytes));
        break;
      case 5:
        node.receive(now, from, wires.last);
        break;
      default:
        node.receive(now, from, event.bytes);
    }
    // Replays and good-byes to children are the most that one event can bring about, and an outbox.
    check(wires.sent - before <= options.history_messages + 3 * options.outbox + 10);
    check(node.children().size() <= options.children_max);
    check(node.waiting_messages() <= options.outbox);
    check((node.state() == Node::State::attached) == node.parent().is_set());
    check(node.parent() != options.self && node.asked() != options.self);
    attached.reach(node.state() == Node::State::attached);
    attached_in_order.reach(node.state() == Node::State::attached && node.parent_seat() != 0);
    root.reach(node.state() == Node::State::root);
    parent.reach(!node.children().empty());
  }
  node.leave(now);
  check(node.next_deadline() == kNever);
}

void to_rendezvous_point(std::string_view input) {
  Wires wires;
  RendezvousPoint point({}, wires);
  Time now{0};
  Event event;
  while (next_event(input, event)) {
    pass(point, now, event.pause);
    static constexpr std::array<std::string_view, 4> kRequests{"ROOT\n", "RREG\n", "LEAV\n", "YREG\n"};
    const bool known = event.action >= 128;
    const std::size_t before = wires.sent;
    point.receive(now, host(1 + event.sender % 5), known ? kRequests[event.action % 4] : event.bytes);
    check(wires.sent - before <= 1);
    check(!point.root().is_set() || point.expires() > now);
    registered.reach(point.root().is_set());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  to_node(input, true);
  to_node(input, false);
  to_rendezvous_point(input);
  return 0;
}
