#pragma once
// Who may touch the state of a direction: its own thread, which nearly always does, or the one that asks in between.

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace wireproof::wire {

/// A mutex that its frequent holder passes on. A plain one is not fair: a thread that lets go and takes again, as a
/// busy direction does, can keep it for ever.
class Turn {
 public:
  using Lock = std::unique_lock<std::mutex>;

  /// For the frequent holder.
  Lock take() { return Lock(mutex_); }
  /// Whoever waits in interrupt() goes first, once. One load when nobody does.
  void pass_on(Lock& held) {
    if (!wanted_) return;
    passed_on_.wait(held, [this, before = interruptions_] { return interruptions_ != before; });
  }

  /// For one other thread, which must not call it again while it holds what it got.
  Lock interrupt() {
    wanted_ = true;
    Lock lock(mutex_);
    wanted_ = false;
    ++interruptions_;
    passed_on_.notify_one();
    return lock;
  }

 private:
  std::mutex mutex_;
  std::condition_variable passed_on_;
  std::atomic<bool> wanted_ = false;  ///< until what is wanted is held
  std::uint64_t interruptions_ = 0;
};

}  // namespace wireproof::wire
