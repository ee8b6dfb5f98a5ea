#pragma once
// The clock of a program that tells the time or takes it over: the host's at first, and then its own.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "clock_sync/quality.hpp"
#include "clock_sync/time_client.hpp"
#include "loop/loop.hpp"
#include "net/udp_socket.hpp"
#include "software_clock/oscillator.hpp"

namespace wireproof {
class CommandLine;
}

namespace wireproof::clock_sync {

struct ProgramClockOptions {
  double offset = 0;  ///< seconds before the host's clock, at the start
  double drift = 0;   ///< millionths that it gains
};

void declare_program_clock(CommandLine& line, ProgramClockOptions& options);

/// A seed that nobody can guess.
std::uint64_t entropy();

class ProgramClock {
 public:
  explicit ProgramClock(const ProgramClockOptions& options);

  Loop& loop() { return loop_; }
  SoftwareClock& clock() { return clock_; }
  /// Now, and when a datagram came to this host, on the clock's oscillator.
  Time elapsed() const { return oscillator_.at(loop_.now()); }
  Time arrival(const UdpSocket::Datagram& datagram) const { return oscillator_.at(loop_.now() - datagram.age()); }

  /// From now on the clock is kept right by that server. `ended` is told of each round.
  void follow(const TimeClientOptions& options, const TimeProtocol& protocol, const Address& server,
              std::function<void(const Round&)> ended);

 private:
  void advance();
  void receive(const UdpSocket::Datagram& datagram);

  Oscillator oscillator_;
  Loop loop_;
  SoftwareClock clock_;
  std::optional<UdpSocket> socket_;  ///< to the server that is followed
  std::optional<TimeClient> client_;
  int send_error_ = 0;  ///< what was told last
};

/// For servers: follows a time server (NTP) that --time-server names, and knows what the clock is worth.
struct FollowingOptions {
  std::string time_server;
  double interval = 16;
};

class Following {
 public:
  static void declare(CommandLine& line, FollowingOptions& options);

  /// Says when the server comes and goes. The clock must outlive it.
  Following(const FollowingOptions& options, ProgramClock& clock);

  Quality quality() const;

 private:
  void ended(const Round& round);

  ProgramClock& clock_;
  QualityWatch watch_;
  std::string name_;
  std::optional<bool> good_;  ///< whether the last round was, as told
};

}  // namespace wireproof::clock_sync
