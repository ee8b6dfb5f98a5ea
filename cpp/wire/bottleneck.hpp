#pragma once
// When the next frame may leave the queue: the three kinds of bottleneck.

#include <cstdint>
#include <memory>
#include <ratio>

#include "wire/settings.hpp"
#include "wire/time.hpp"

namespace wireproof::wire {

class Bottleneck {
 public:
  virtual ~Bottleneck() = default;

  /// The earliest time at which a frame of this length may leave, when it waits since `since`. Changes nothing.
  virtual nanoseconds ready(std::size_t length, nanoseconds since) const = 0;
  /// It leaves; `at` is not before ready() said, nor before the frame before it.
  virtual void send(std::size_t length, nanoseconds since, nanoseconds at) = 0;
};

/// No bound.
class Unlimited : public Bottleneck {
 public:
  nanoseconds ready(std::size_t, nanoseconds since) const override { return since; }
  void send(std::size_t, nanoseconds, nanoseconds) override {}
};

/// A token bucket: in any window of time no more than rate * window + burst leaves. A frame larger than the burst
/// leaves when the bucket is full, and the next waits for what it took in advance.
///
/// Kept as the one time at which the bucket will be full (as the generic cell rate algorithm of ITU-T I.371 does), in
/// picoseconds, so that rounding stays below 10^-4 of a frame's time at any rate and nothing adds up.
class TokenBucket : public Bottleneck {
 public:
  /// `rate` in bit/s, kMinRate to kMaxRate; `burst` in bytes, at least 1. Full at the beginning.
  TokenBucket(double rate, std::size_t burst);

  nanoseconds ready(std::size_t length, nanoseconds since) const override;
  void send(std::size_t length, nanoseconds since, nanoseconds at) override;

  /// Another rate and burst from `at` on; what was sent in advance stays owed.
  void change(double rate, std::size_t burst, nanoseconds at);

 private:
  using Picoseconds = std::chrono::duration<std::int64_t, std::pico>;

  Picoseconds cost(std::size_t bytes) const;

  double rate_;
  Picoseconds burst_;
  Picoseconds full_at_ = Picoseconds::min();
};

/// Delivers at a trace's chances only. A frame may need a part of one or several; what is left of a chance serves the
/// next frame if that was waiting already, else it is gone.
class TraceBottleneck : public Bottleneck {
 public:
  /// The trace's 0 is at `start`.
  TraceBottleneck(std::shared_ptr<const Trace> trace, nanoseconds start) : trace_(std::move(trace)), start_(start) {}

  nanoseconds ready(std::size_t length, nanoseconds since) const override { return take(length, since).time; }
  void send(std::size_t length, nanoseconds since, nanoseconds) override { used_ = take(length, since); }

 private:
  struct Place {
    nanoseconds time{0};
    std::uint64_t next = 0;  ///< the first chance that is untouched
    std::size_t left = 0;    ///< bytes of the chance before it, which was at `time`
  };

  Place take(std::size_t length, nanoseconds since) const;

  std::shared_ptr<const Trace> trace_;
  nanoseconds start_;
  Place used_;
};

}  // namespace wireproof::wire
