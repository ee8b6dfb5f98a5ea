#pragma once
// Many deadlines on one timer: thousands of connections each have some, and move them with every message.

#include <functional>
#include <map>
#include <memory>

#include "loop/loop.hpp"

namespace wireproof {

/// Setting one later, or clearing it, costs next to nothing: where it stood is looked at when that time comes.
class Deadlines {
 public:
  /// It must outlive all uses of its deadlines, but not the deadlines: they may be in coroutines that end with the
  /// loop.
  explicit Deadlines(Loop& loop);
  Deadlines(const Deadlines&) = delete;
  Deadlines& operator=(const Deadlines&) = delete;

 private:
  friend class Deadline;
  using Queue = std::multimap<Time, class Deadline*>;

  asio::awaitable<void> watch();
  void expire();

  Loop& loop_;
  asio::steady_timer timer_;
  std::shared_ptr<Queue> queue_ = std::make_shared<Queue>();
  Time awaited_ = kNever;
};

class Deadline {
 public:
  /// `expired` is called, once, when a time that was set has come.
  Deadline(Deadlines& deadlines, std::function<void()> expired);
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;
  ~Deadline();

  /// On the loop's clock; kNever: none.
  void set(Time at);
  void clear() { at_ = kNever; }

 private:
  friend class Deadlines;

  Deadlines& deadlines_;
  std::shared_ptr<Deadlines::Queue> queue_;
  std::function<void()> expired_;
  Time at_ = kNever;
  Deadlines::Queue::iterator place_;  ///< never later than at_, while that is set
};

}  // namespace wireproof
