#pragma once
// Whether a node is given requests: by checks, and by how it answers real ones. Pure.

#include <cstdint>

#include "http_balancer/configuration.hpp"

namespace wireproof::http_balancer {

/// A new node is taken for alive, so that its first requests need not wait for a check, until its first check says
/// otherwise. All calls tell whether is_alive() has changed.
class Health {
 public:
  /// A check has ended. `fall` in a row that failed, or the first of all, and it is dead; `rise` in a row that passed,
  /// and it is alive.
  bool check_ended(bool passed, Time now, const Configuration& rules);
  /// A request has ended, sent while the node was as it is now: answered, or not by the node's fault. `eject` in a row
  /// that were not, and it is dead; then checks bring it back, or, where there are none, time does.
  bool answered(bool well, Time now, const Configuration& rules);
  /// What is due: the end of Configuration::eject_time. After it one failure is enough to be out again, until
  /// a request was answered.
  bool advance(Time now, const Configuration& rules);
  /// kNever: advance() has nothing to do.
  Time deadline() const { return back_at_; }

  bool is_alive() const { return is_alive_; }
  /// How much of its weight it has, in thousandths: all but for Configuration::slow_start after a return, during which
  /// it grows from a tenth.
  unsigned share(Time now, const Configuration& rules) const;
  /// Counts each change, so that what began before one is told from what began after it.
  std::uint64_t changes() const { return changes_; }

 private:
  bool become(bool alive, Time now);

  bool is_alive_ = true;
  bool was_checked_ = false;
  unsigned passed_ = 0;      ///< checks in a row
  unsigned failed_ = 0;      ///< checks in a row
  unsigned unanswered_ = 0;  ///< requests in a row
  Time back_at_ = kNever;
  Time returned_ = kNever;  ///< kNever: it has never been dead
  std::uint64_t changes_ = 0;
};

}  // namespace wireproof::http_balancer
