#pragma once
// Joins the link to the system: two interfaces, the clock, standard input, files.

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>

#include "base/histogram.hpp"
#include "loop/signals.hpp"
#include "text/line_splitter.hpp"
#include "wire/answer_stream.hpp"
#include "wire/bell.hpp"
#include "wire/clock.hpp"
#include "wire/control.hpp"
#include "wire/drop_log.hpp"
#include "wire/forwarder.hpp"
#include "wire/line_file.hpp"
#include "wire/link.hpp"
#include "wire/packet_socket.hpp"
#include "wire/timer.hpp"

namespace wireproof::wire {

struct EmulationOptions {
  std::string counters;  ///< file; empty: none
  nanoseconds interval = std::chrono::milliseconds(100);
  std::string drops;  ///< file; empty: none
};

/// A thread for each direction (Forwarder), and this one for all else: control lines, counters, signals. What it needs
/// of a direction it takes while that direction is held (Forwarder::interrupt).
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
  using Both = std::array<Turn::Lock, 2>;

  void forward(Side side);
  void attend();
  void wait();
  Both hold_both() { return {forwarders_[0].interrupt(), forwarders_[1].interrupt()}; }
  Histogram lateness() const;
  void write_counters(nanoseconds now);
  void handle(std::uint64_t event);
  bool read_control();
  void obey(const Line& line);
  void answer(const std::string& line);
  void follow_answers();
  void watch(int descriptor, std::uint64_t event, std::uint32_t readiness = EPOLLIN);
  void unwatch(int descriptor);

  const StopSignals& signals_;
  Clock clock_;
  std::array<PacketSocket, 2> ends_;
  std::unique_ptr<DropLog> drops_;  ///< null: none
  std::optional<LineFile> counters_file_;
  nanoseconds interval_;
  nanoseconds next_counters_ = kNever;
  Link link_;
  Timer timer_;  ///< before the threads, which inherit the timer slack
  std::array<Forwarder, 2> forwarders_;
  std::array<std::exception_ptr, 2> failures_;  ///< of threads that have ended, or are about to ring
  Bell failed_;
  FileDescriptor events_;  ///< epoll instance
  LineSplitter control_{kLongestControlLine};
  AnswerStream answers_;
  bool awaits_reader_ = false;  ///< answers wait for room on standard output, and we for that
  bool told_unread_ = false;
  bool stopped_ = false;
};

}  // namespace wireproof::wire
