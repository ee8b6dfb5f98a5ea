#pragma once
// Whether a request that a node did not answer is handed to another one (RFC 9110, 9.2.2). Pure.

namespace wireproof::http_balancer {

struct Failed {
  bool was_sent = true;        ///< something of the request may have been seen by the node
  bool is_idempotent = false;  ///< by its method
  bool can_repeat = false;     ///< its body is held still, or it has none
  bool has_begun = false;      ///< something of an answer has gone to the client
};

/// `sent`: nodes that it was sent to until now, this one too; `retries`: how many further ones may be sent it. A node
/// that saw nothing of it costs no retry.
constexpr bool may_try_another(const Failed& failed, unsigned sent, unsigned retries) {
  if (failed.has_begun || !failed.can_repeat) return false;
  if (!failed.was_sent) return true;
  return failed.is_idempotent && sent <= retries;
}

}  // namespace wireproof::http_balancer
