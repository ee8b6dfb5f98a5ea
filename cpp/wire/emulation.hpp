#pragma once
// Joins the link to the system: two interfaces, the clock, standard input, files.

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/histogram.hpp"
#include "loop/signals.hpp"
#include "text/line_splitter.hpp"
#include "wire/answer_stream.hpp"
#include "wire/clock.hpp"
#include "wire/control.hpp"
#include "wire/line_file.hpp"
#include "wire/link.hpp"
#include "wire/packet_socket.hpp"
#include "wire/timer.hpp"
#include "wire/wake_up.hpp"

namespace wireproof::wire {

struct EmulationOptions {
  std::string counters;  ///< file; empty: none
  nanoseconds interval = std::chrono::milliseconds(100);
  std::string drops;  ///< file; empty: none
};

/// One thread, two epoll instances (with and without frames), one timer. Wakes up for frames, for due packets, control
/// lines, and signals.
class Emulation {
 public:
  /// Opens both interfaces and the files. Throws Failure.
  Emulation(const std::string& first, const std::string& second, Configuration configuration,
            const EmulationOptions& options, const StopSignals& signals);

  /// Until SIGINT or SIGTERM. Throws Failure when an interface disappears or a file cannot be written.
  void run();

  /// Sentences for people about what went through.
  void summarise() const;
  /// Throws Failure when answers could not be written: the link went on without them.
  void check_answers() const;

 private:
  nanoseconds receive(Side side, nanoseconds now);
  void tell_too_big(Side side, std::size_t length);
  void send_due(Side side, nanoseconds horizon);
  void send_batch(Side side, nanoseconds now);
  void refuse(Side side, const Packet& packet, int error, nanoseconds now);
  void write_counters(nanoseconds now);
  void take_kernel_drops();
  nanoseconds patience() const;
  void sleep();
  void woken(nanoseconds wake, nanoseconds deadline);
  void handle(std::uint64_t event, bool failed);
  bool read_control();
  void obey(const Line& line);
  void answer(const std::string& line);
  void follow_answers();
  void watch(int descriptor, std::uint64_t event, std::uint32_t readiness = EPOLLIN);
  void unwatch(int descriptor);
  PacketSocket& input(Side side) { return ends_[static_cast<std::size_t>(side)]; }
  PacketSocket& output(Side side) { return ends_[1 - static_cast<std::size_t>(side)]; }

  const StopSignals& signals_;
  Clock clock_;
  nanoseconds synchronised_{0};
  Timer timer_;
  WakeUp wake_up_;
  std::array<PacketSocket, 2> ends_;
  std::optional<LineFile> counters_file_;
  std::optional<LineFile> drops_file_;
  nanoseconds interval_;
  nanoseconds next_counters_ = kNever;
  Link link_;
  FileDescriptor all_;        ///< epoll instance with everything that wakes us
  FileDescriptor no_frames_;  ///< the same but for frames that come in
  LineSplitter control_{kLongestControlLine};
  std::vector<Packet> batch_;
  Histogram lateness_;
  std::array<bool, 2> told_too_big_{};
  std::array<bool, 2> told_down_{};
  AnswerStream answers_;
  bool awaits_reader_ = false;  ///< answers wait for room on standard output, and we for that
  bool told_unread_ = false;
  bool stopped_ = false;
};

}  // namespace wireproof::wire
