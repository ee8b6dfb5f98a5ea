#pragma once
// Carries the frames of one direction, in a thread of its own.

#include <atomic>
#include <cstdint>
#include <vector>

#include "base/histogram.hpp"
#include "wire/bell.hpp"
#include "wire/clock.hpp"
#include "wire/drop_log.hpp"
#include "wire/link.hpp"
#include "wire/packet_sender.hpp"
#include "wire/packet_socket.hpp"
#include "wire/timer.hpp"
#include "wire/turn.hpp"
#include "wire/wake_up.hpp"

namespace wireproof::wire {

/// Two epoll instances (with and without frames), one timer. Wakes up for frames, for due packets, and for who changed
/// something from outside. The directions share no state: each takes from its own end, has its own half of the link,
/// and sends by its own socket.
class Forwarder {
 public:
  /// `input` and `link` must outlive this; `drops` too, or it is null. The clock is copied. Throws Failure.
  Forwarder(Side side, PacketSocket& input, const std::string& output, Link& link, const Clock& clock, DropLog* drops);

  /// In a thread of its own, until stop(). Throws Failure when an interface disappears or a file cannot be written.
  void run();
  /// From another thread.
  void stop();

  /// Keeps the direction from its next step. All below, and the direction's half of the link, is for who holds it, or
  /// while run() does not run.
  Turn::Lock interrupt() { return turn_.interrupt(); }
  /// Takes all frames in that came before `until`.
  void receive_until(nanoseconds until);
  /// Counts the frames that the kernel has dropped.
  void take_kernel_drops();
  /// To be told after a change, of what is due perhaps; in any thread.
  void look_again() { bell_.ring(); }
  const Histogram& lateness() const { return lateness_; }
  const Clock& clock() const { return clock_; }

 private:
  nanoseconds receive(nanoseconds now);
  void tell_too_big(std::size_t length);
  bool send_due(nanoseconds horizon);
  void send_batch(nanoseconds now);
  void refuse(const Packet& packet, int error, nanoseconds now);
  nanoseconds patience() const;
  void sleep(Turn::Lock& lock);
  void woken(nanoseconds wake, nanoseconds deadline);
  void take_input_error();
  void watch(int descriptor, std::uint64_t event, std::uint32_t readiness);

  Side side_;
  PacketSocket& input_;
  PacketSender output_;
  Link& link_;
  Direction& direction_;
  DropLog* drops_;
  Clock clock_;
  nanoseconds synchronised_{0};
  Turn turn_;
  Bell bell_;
  std::atomic<bool> stopped_ = false;
  Timer timer_;
  WakeUp wake_up_;
  FileDescriptor all_;        ///< epoll instance with everything that wakes us
  FileDescriptor no_frames_;  ///< the same but for frames that come in
  std::vector<Packet> batch_;
  Histogram lateness_;
  bool told_too_big_ = false;
  bool told_down_ = false;
};

}  // namespace wireproof::wire
