#pragma once
// What may be set about a node. The defaults are the sheet's (exercise 4.2), or, where it is silent, the
// specification's (docs/protocols/hmtp.md, "Timers").

#include <cstddef>
#include <cstdint>
#include <optional>

#include "hmtp/endpoint.hpp"
#include "hmtp/time.hpp"

namespace wireproof::hmtp {

struct NodeOptions {
  Endpoint rendezvous;  ///< the rendezvous point
  Endpoint self;        ///< our own, as others see it; unset: not known

  std::size_t children_max = 3;        ///< at most EndpointList::kLimit
  Time refresh = seconds(120);         ///< RREG to the rendezvous point, RJOI to the parent
  Time child_lifetime = seconds(180);  ///< after a child's last RJOI
  Time root_cache = seconds(60);       ///< validity of the root's endpoint for messages
  unsigned tries = 3;                  ///< unanswered requests in a row until the peer counts as unreachable

  Time answer_timeout = seconds(1);    ///< until an unanswered ROOT, RREG or RJOI is repeated
  std::optional<Time> refresh_repeat;  ///< until an unanswered refresh is repeated; default: see repeat_after()
  Time rest = seconds(2);              ///< between two attempts to find a place, even between 0.5 and 1.5 times this
  std::size_t outbox = 64;             ///< messages of our own on their way to the root, the oldest make room

  bool extensions = true;
  std::uint64_t clock = 0;                 ///< seconds since 1970 at time 0 of the core, for epochs; 0: not known
  Time resend = seconds(2);                ///< extension: until a message that did not come back is sent again
  Time resend_for = seconds(300);          ///< extension: how long
  std::size_t history_messages = 64;       ///< extension: kept for children that missed them
  std::size_t history_bytes = 256 * 1024;  ///< extension

  Time repeat_after() const { return refresh_repeat.value_or(extensions ? answer_timeout : refresh); }
};

}  // namespace wireproof::hmtp
