#pragma once
// A node of the tree: finds a parent, takes children, copies messages. Pure: no socket, no clock; the same seed and the
// same calls give the same actions. Specification: docs/protocols/hmtp.md.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hmtp/children.hpp"
#include "hmtp/data_message.hpp"
#include "hmtp/duplicate_memory.hpp"
#include "hmtp/fields.hpp"
#include "hmtp/history.hpp"
#include "hmtp/message.hpp"
#include "hmtp/node_options.hpp"
#include "hmtp/node_surroundings.hpp"
#include "hmtp/order.hpp"
#include "hmtp/outbox.hpp"
#include "hmtp/walk.hpp"
#include "random/random.hpp"

namespace wireproof::hmtp {

class Node {
 public:
  enum class State : std::uint8_t {
    idle,         ///< before start() and after leave()
    asking_root,  ///< ROOT sent to the rendezvous point
    registering,  ///< RREG sent to it
    joining,      ///< RJOI sent to asked()
    attached,     ///< has parent()
    root,
    resting  ///< until the next attempt
  };

  Node(const NodeOptions& options, std::uint64_t seed, NodeSurroundings& surroundings);
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  /// Times never go back from call to call.
  void start(Time now);
  /// A datagram at the multicast port.
  void receive(Time now, const Endpoint& from, std::string_view datagram);
  /// A message of a program on this host.
  void local_message(Time now, std::string_view payload);
  void advance(Time now);
  /// When advance() has something to do; kNever: nothing.
  Time next_deadline() const { return next_; }
  /// The last words (extension; without it nothing is sent). The node is idle afterwards.
  void leave(Time now);

  /// Our own endpoint, once it is known.
  void set_self(const Endpoint& self) { options_.self = self; }

  State state() const { return state_; }
  bool in_tree() const { return state_ == State::attached || state_ == State::root; }
  const Endpoint& parent() const { return parent_; }  ///< set when attached
  const Endpoint& asked() const { return asked_; }    ///< the candidate, when joining
  std::span<const Child> children() const { return children_.list(); }
  const Endpoint& known_root() const { return outbox_.root(); }  ///< as told last; unset: none, or we are it
  std::uint64_t identifier() const { return identifier_; }       ///< of this process, and origin of its messages
  /// An edge from child to parent exists, and never closes a cycle, when the parent lists the child's identifier() and
  /// the child's parent_seat() is the parent's seat(). Without the extension parent_seat() is 0.
  std::uint64_t seat() const { return seat_; }
  std::uint64_t parent_seat() const { return parent_seat_; }
  const Order& order() const { return order_; }
  Time state_since() const { return state_since_; }
  const NodeOptions& options() const { return options_; }
  const NodeCounters& counters() const { return counters_; }
  std::size_t waiting_messages() const { return outbox_.size(); }

 private:
  using What = NodeEvent::What;

  // node.cpp: the entrances, and the timers
  void timer_due();
  void refresh_due();
  void enter(State state);
  void schedule();
  void tell(What what, const Endpoint& peer, std::uint64_t number = 0) { surroundings_.tell({what, peer, number}); }
  void unexpected() { ++counters_.unexpected; }

  // node_joining.cpp: the way into the tree
  void ask_root();
  void rest();
  void send_request();
  void start_walk();
  void next_candidate();
  void lose_parent(What why);
  void become_root();
  void receive_toor(std::string_view body);
  void receive_yreg();
  void receive_nreg();
  void receive_yjoi(const Endpoint& from, std::string_view body);
  void receive_njoi(const Endpoint& from, std::string_view body);
  bool take_order(const std::optional<Fields>& answer);
  void change_order(const Order& order);

  // node_parenting.cpp: children, and good-byes
  void receive_rjoi(const Endpoint& from, std::string_view body);
  void accept(const Endpoint& from, const std::optional<Fields>& request, Child* known);
  void refuse(const Endpoint& from, bool with_children);
  void expire_children();
  void give_up_subtree();
  void receive_leav(const Endpoint& from, std::string_view body);
  void send_leav(const Endpoint& to, std::uint64_t seat);

  // node_messages.cpp: the messages of the group
  void receive_data(const Endpoint& from, std::string_view datagram, std::string_view body);
  void distribute(const DataMessage& message, std::string_view datagram);
  void distribute_outbox();
  void want_missed();
  void ask_missed();
  void receive_miss(const Endpoint& from, std::string_view body);
  void receive_sent(const Endpoint& from, std::string_view body);
  void confirm(const MessageId& id);

  NodeOptions options_;
  NodeSurroundings& surroundings_;
  Random random_;
  NodeCounters counters_;
  std::uint64_t identifier_;
  Time now_{0};
  Time next_ = kNever;

  State state_ = State::idle;
  Time state_since_{0};
  Time timer_ = kNever;         ///< the state's: repetition, refresh, end of rest
  unsigned tries_ = 0;          ///< requests sent in a row without an answer
  unsigned nregs_ = 0;          ///< NREG in a row
  bool order_refused_ = false;  ///< somebody on this walk refused us, and not for want of room
  Time refresh_started_{0};     ///< when the first RJOI or RREG of this refresh was sent
  Walk walk_;
  Endpoint asked_;
  std::uint64_t turn_ = 0;

  Endpoint parent_;
  std::uint64_t parent_node_ = 0;
  std::uint64_t parent_seat_ = 0;
  Time wanted_since_ = kNever;  ///< first time in the tree, ours or of a node that came to us: messages since then
  std::uint64_t seat_;
  Order order_;
  std::uint64_t newest_epoch_ = 0;
  Children children_;

  std::uint64_t sequence_ = 0;
  Outbox outbox_;
  DuplicateMemory memory_;
  History history_;
  Time miss_at_ = kNever;  ///< when MISS is to be sent (again)
  unsigned miss_tries_ = 0;
  std::uint64_t miss_turn_ = 0;
  std::string text_;  ///< the message being made
  std::vector<MessageId> have_;
};

std::string_view name_of(Node::State state);

}  // namespace wireproof::hmtp
