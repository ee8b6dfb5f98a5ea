#pragma once
// Who is asked next: nodes, their turns, their health, their limits, and who waits for them. Pure: events and time in,
// choices and actions out.

#include <cstdint>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "http_balancer/node.hpp"

namespace wireproof::http_balancer {

/// A request that looks for a node.
struct Wanted {
  NodeId bound = 0;             ///< the node of its cookie; 0: none
  std::vector<NodeId> tried{};  ///< nodes that did not answer it
};

/// A request at a node. Each is to be ended, once.
struct Attempt {
  NodeId node = 0;
  std::uint64_t changes = 0;  ///< Health::changes() when it began
};

enum class AttemptEnd : std::uint8_t {
  answered,    ///< the node answered, whatever it said
  unanswered,  ///< it did not, by its fault
  dropped,     ///< it tells nothing of the node: the client left, say
};

/// Of requests that wait; 0 is none's.
using Ticket = std::uint64_t;

struct Choice {
  enum class Kind : std::uint8_t {
    node,        ///< `attempt` has begun
    wait,        ///< all that could be asked are at their limits: an action tells when it goes on
    queue_full,  ///< likewise, and too many wait already
    exhausted,   ///< every node was tried
  };
  Kind kind = Kind::exhausted;
  Attempt attempt{};
  Ticket ticket = 0;
};

/// What is to be done now.
struct Action {
  enum class Kind : std::uint8_t {
    go,        ///< `ticket` has its node: `attempt` has begun
    give_up,   ///< `ticket` waits no longer: no node came free in time, or none is left
    check,     ///< `node` is to be checked, and check_ended() to be told
    died,      ///< `node` is given no further requests: those that it has not answered may go elsewhere
    returned,  ///< it is given requests again
    gone,      ///< it was removed, and its last request has ended
  };
  Kind kind;
  Ticket ticket = 0;
  Attempt attempt{};
  NodeId node = 0;
};

/// Rules, in their order: a bound client's node, while that is alive; nodes that are alive and below their limits, by
/// Configuration::policy; a queue, when all that are alive are at their limits; and, when none that is alive is left,
/// those that are taken for dead (panic): what is wrong may be the checks.
class Balancer {
 public:
  explicit Balancer(const Configuration& configuration);

  /// Nodes are the same when host and port are. Those that the file has no more get no further requests.
  void reload(const Configuration& configuration, Time now);

  /// What may be taken, is: end() must follow Kind::node, and Kind::wait an action or leave().
  Choice ask(const Wanted& wanted, Time now);
  void end(const Attempt& attempt, AttemptEnd how, Time now);
  /// Who waits does so no longer; nothing when an action has told it to go on.
  bool leave(Ticket ticket);
  void check_ended(NodeId node, bool passed, Time now);
  void advance(Time now);
  Time next_deadline() const;

  /// Since the last call.
  std::vector<Action> take_actions() { return std::exchange(actions_, {}); }
  bool has_actions() const { return !actions_.empty(); }

  /// In the order of the file; then those that are removed.
  const std::vector<Node>& nodes() const { return nodes_; }
  const Node* find(NodeId id) const;
  /// 0 when there is none that may be bound to.
  NodeId find_token(std::string_view token) const;
  const Configuration& configuration() const { return configuration_; }
  std::size_t waiting() const { return waiting_.size(); }
  bool is_in_panic() const;

 private:
  struct Waiting {
    Wanted wanted;
    Time since{0};
  };
  enum class Found : std::uint8_t { node, full, none };

  Node* node_of(NodeId id) { return const_cast<Node*>(std::as_const(*this).find(id)); }
  Found choose(const Wanted& wanted, Time now, Node*& chosen);
  template <typename IsWanted>
  Found choose_among(IsWanted is_wanted, Time now, Node*& chosen);
  Attempt begin(Node& node);
  void changed(Node& node);
  void begin_turns_anew();
  void serve_waiting(Time now, std::size_t most);
  void remove_finished();
  bool has_checks() const { return configuration_.check_interval > Time{0}; }

  Configuration configuration_;
  std::vector<Node> nodes_;
  NodeId last_node_ = 0;
  Ticket last_ticket_ = 0;
  std::map<Ticket, Waiting> waiting_;  ///< tickets ascend: who came first is first
  std::vector<Action> actions_;
};

}  // namespace wireproof::http_balancer
