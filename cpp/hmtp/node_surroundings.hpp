#pragma once
// Where a node's actions go, what it tells, and what it counts.

#include <cstdint>
#include <string_view>

#include "hmtp/endpoint.hpp"
#include "hmtp/fields.hpp"

namespace wireproof::hmtp {

/// Something worth a line in a log.
struct NodeEvent {
  enum class What : std::uint8_t {
    became_root,         ///< registered
    registration_lost,   ///< NREG to the root's refresh: there is another root now
    rendezvous_silent,   ///< `number` requests to the rendezvous point unanswered
    attached,            ///< `peer` is the parent now
    refused,             ///< NJOI from `peer`, which named `number` children
    silent,              ///< `peer` did not answer `number` RJOI
    parent_lost,         ///< `peer` missed `number` refreshes in a row
    parent_left,         ///< `peer` said that we are its child no longer
    walk_failed,         ///< nobody is left to be asked
    subtree_given_up,    ///< the `number` children were told to look for another parent
    child_accepted,      ///< `peer` is a new child
    child_refused,       ///< `peer` was sent NJOI
    child_expired,       ///< no refresh from `peer`
    child_left,          ///< `peer` said so
    message_dropped,     ///< message `number` of our own gave way to newer ones, or was too long
    message_unconfirmed  ///< message `number` of our own did not come back
  };
  What what;
  Endpoint peer;
  std::uint64_t number = 0;
};

/// A message of the group, to be printed.
struct Delivery {
  MessageId id;
  std::string_view payload;
};

/// The calls come while the node's own functions run; they must not call the node.
class NodeSurroundings {
 public:
  virtual ~NodeSurroundings() = default;
  virtual void send(const Endpoint& to, std::string_view datagram) = 0;
  virtual void deliver(const Delivery& message) = 0;
  virtual void tell(const NodeEvent& event) = 0;
};

struct NodeCounters {
  std::uint64_t received = 0;        ///< datagrams
  std::uint64_t malformed = 0;       ///< of them: not messages, or with a body that is not theirs
  std::uint64_t unknown = 0;         ///< of them: of a type we do not know
  std::uint64_t unexpected = 0;      ///< of them: answers nobody waits for, requests that are not for nodes
  std::uint64_t delivered = 0;       ///< messages printed
  std::uint64_t duplicates = 0;      ///< messages that came again
  std::uint64_t from_strangers = 0;  ///< messages that came neither from the parent nor to the root
  std::uint64_t copied = 0;          ///< messages sent to children
  std::uint64_t local = 0;           ///< messages from programs here
  std::uint64_t sent_to_root = 0;    ///< of them, repetitions counted
  std::uint64_t dropped = 0;         ///< of them: gave way to newer ones before they were sent, or too long
  std::uint64_t unconfirmed = 0;     ///< of them: sent, but did not come back
  std::uint64_t replayed = 0;        ///< messages sent again to children that missed them
  std::uint64_t attachments = 0;     ///< times a parent was found
  std::uint64_t parents_lost = 0;    ///< by silence, refusal or leave
  std::uint64_t walks_failed = 0;
};

}  // namespace wireproof::hmtp
