#pragma once
// A model of a player's buffer. Time comes in with every call; no clock here.

#include <cstddef>
#include <cstdint>
#include <deque>

namespace wireproof::tv {

/// Plays a stream from a bounded first-in first-out buffer, as a television or VLC would:
/// - playing starts when `buffer_delay` seconds of stream are in the buffer (or nothing more fits);
/// - one second of stream is played per second;
/// - an empty buffer stalls the picture, until as much is buffered as at the start;
/// - what does not fit is thrown away (lost segments); the player jumps over it to the next data it has;
/// - packets lost in the network leave a hole, which is waited through with a frozen picture, for the clock goes on;
/// - what comes during a stall, after the moment at which it would have been shown, is late: it is played all the same.
/// All times are seconds; `now` must not go back (an earlier one counts as the latest).
class Player {
 public:
  struct Settings {
    double buffer_delay = 1.0;  ///< seconds of stream
    std::size_t buffer_bytes = 512 * 1024;
  };

  enum class State { buffering, playing, stalled, ended };

  struct Report {
    double startup_seconds = 0;  ///< from the first arrival to the first picture
    double played_seconds = 0;   ///< stream time shown
    double frozen_seconds = 0;   ///< holes waited through
    double stall_seconds = 0;    ///< after the start, waiting for data
    double lost_seconds = 0;     ///< stream time that never came to be shown: holes, and what did not fit
    double late_seconds = 0;     ///< stream time that came too late
    std::uint64_t stalls = 0;
    std::uint64_t lost_bytes = 0;  ///< what did not fit
    std::uint64_t lost_chunks = 0;
    std::uint64_t late_chunks = 0;
    std::size_t peak_bytes = 0;
    double peak_seconds = 0;

    /// Lost share of the stream's time, 0 to 1.
    double lost_share() const;
  };

  explicit Player(const Settings& settings) : settings_(settings) {}

  /// `bytes` that stand for `seconds` of stream have come, behind a hole of `hole` seconds.
  void arrive(double now, std::size_t bytes, double seconds, double hole = 0);
  /// Lets time pass.
  void advance(double now);
  /// The stream is over: a stall since the last arrival was its end and does not count; what is buffered is played.
  void finish();

  State state() const { return state_; }
  std::size_t level_bytes() const { return level_bytes_; }
  double level_seconds() const { return level_seconds_; }
  const Report& report() const { return report_; }

 private:
  struct Chunk {
    std::size_t bytes = 0;
    double hole = 0;
    double seconds = 0;
  };

  void play(double duration);
  void start_if_ready(bool full);

  Settings settings_;
  Report report_;
  State state_ = State::buffering;
  std::deque<Chunk> buffer_;
  std::size_t level_bytes_ = 0;
  double level_seconds_ = 0;
  double now_ = 0;
  double first_arrival_ = 0;
  double last_arrival_ = 0;
  double stalled_since_ = 0;
  bool any_ = false;
};

/// "playing", "stalled"… for reports.
const char* to_string(Player::State state);

}  // namespace wireproof::tv
