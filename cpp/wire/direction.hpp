#pragma once
// One direction of the link: frames in with a time, frames out with a time. No clock, no sockets.

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "wire/bottleneck.hpp"
#include "wire/flight.hpp"
#include "wire/flow_table.hpp"
#include "wire/queue.hpp"
#include "wire/settings.hpp"

namespace wireproof::wire {

/// received + duplicated = passed + all dropped (but `kernel`) + queued + in flight, at any moment.
struct Counters {
  std::uint64_t received = 0;
  std::uint64_t passed = 0;
  std::uint64_t bytes = 0;  ///< of those passed
  std::array<std::uint64_t, kCauseNames.size()> dropped{};
  std::uint64_t duplicated = 0;
  std::uint64_t corrupted = 0;
  std::uint64_t reordered = 0;  ///< scheduled to leave before a packet that left the queue earlier
  std::uint64_t marked = 0;     ///< with ECN's "congestion experienced"

  std::uint64_t& of(Cause cause) { return dropped[static_cast<std::size_t>(cause)]; }
  std::uint64_t of(Cause cause) const { return dropped[static_cast<std::size_t>(cause)]; }
};

using DropReport = std::function<void(const Packet&, Cause, nanoseconds)>;

/// The order of things: a packet comes in; what it will suffer is decided (see PacketRandom, Rules); it is lost,
/// corrupted, doubled; it waits in the queue for the line; it is delayed; it goes out.
///
/// Driven in virtual time: everything happens at the time it is due, however late the calls come, so that a late caller
/// sends late but decides (about queue bounds, say) as a punctual one. Times that go back are taken as the latest.
class Direction : private QueueObserver {
 public:
  static constexpr std::size_t kMaxFlows = 65536;
  /// What may be under way: beyond it packets are dropped as `overflow`.
  static constexpr std::size_t kMaxBytes = std::size_t{256} << 20;
  static constexpr std::size_t kMaxPackets = 400'000;
  /// Buffers that are kept for frames to come, so that a busy link need not ask for memory.
  static constexpr std::size_t kMaxSpare = 1024;

  /// `seed` is to stand for the direction too; `report` is called for each dropped packet, from within other calls.
  Direction(std::uint64_t seed, Settings settings, nanoseconds start, DropReport report);
  Direction(const Direction&) = delete;
  Direction& operator=(const Direction&) = delete;

  /// Other settings from `at` on. What waits goes on waiting under the new bound and rate; what is in flight keeps its
  /// time. When the link goes down, what waits is dropped, and what comes is; what is in flight arrives.
  void set(Settings settings, nanoseconds at);

  /// A frame comes in.
  void arrive(Bytes frame, nanoseconds at);
  /// A frame came that could not be taken whole: `length` is its own, `start` holds the first bytes.
  void arrive_too_big(Bytes start, std::size_t length, nanoseconds at);

  /// When next to call leave(); kNever when nothing is under way. May be in the past.
  nanoseconds next() const { return std::min(flight_.next(), service_); }
  /// The next packet with due time at most `now`, in the order of due times. Count it with sent() or refused().
  std::optional<Packet> leave(nanoseconds now);

  /// It has left; its memory serves another.
  void sent(Packet&& packet);
  void refused(const Packet& packet, Cause cause, nanoseconds at) { dropped(packet, cause, at); }
  /// Frames that the kernel dropped before they came here.
  void lost_by_kernel(std::uint64_t count) { counters_.of(Cause::kernel) += count; }

  /// The least time that a packet is under way: a caller may take in a frame that much later than it came.
  nanoseconds patience() const;

  const Counters& counters() const { return counters_; }
  std::size_t queued_packets() const { return queue_->packets() + (staged_ ? 1 : 0); }
  std::size_t queued_bytes() const { return queue_->bytes() + (staged_ ? staged_->length() : 0); }
  std::size_t flying_packets() const { return flight_.packets(); }
  std::uint64_t forgotten_flows() const { return flows_.forgotten(); }

 private:
  void dropped(const Packet& packet, Cause cause, nanoseconds at) override;
  void marked() override { ++counters_.marked; }

  Packet identify(Bytes frame, nanoseconds at);
  bool decide_loss(Packet& packet, FlowState& flow) const;
  void corrupt(Packet& packet);
  void admit(Packet packet, nanoseconds at);
  void serve(nanoseconds until);
  void launch(Packet packet, nanoseconds at);
  void plan_service(nanoseconds now);
  std::unique_ptr<Bottleneck> make_bottleneck(nanoseconds at) const;
  void change_bottleneck(const Settings& before, nanoseconds at);
  void change_queue(const Settings& before, nanoseconds at);
  double rate_for_queue() const;
  nanoseconds latest(nanoseconds at) { return now_ = std::max(now_, at); }

  Settings settings_;
  DropReport report_;
  nanoseconds now_;               ///< the latest time handed in
  nanoseconds free_;              ///< the line has been waiting for packets, or tokens, since
  nanoseconds last_due_;          ///< the latest time at which a packet in flight, or gone, is due
  nanoseconds service_ = kNever;  ///< when the line takes its next packet
  FlowTable flows_;
  Rules rules_;
  std::unique_ptr<Bottleneck> bottleneck_;
  std::unique_ptr<Queue> queue_;
  std::optional<Packet> staged_;  ///< out of the queue, but longer than the one the line was ready for
  Flight flight_;
  std::vector<std::vector<std::uint8_t>> spare_;
  Counters counters_;
};

}  // namespace wireproof::wire
