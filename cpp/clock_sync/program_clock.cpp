#include "clock_sync/program_clock.hpp"

#include <fmt/format.h>
#include <string.h>

#include <cerrno>
#include <random>
#include <utility>

#include "clock_sync/ntp_message.hpp"
#include "command_line/program.hpp"
#include "net/resolve.hpp"

namespace wireproof::clock_sync {
namespace {

/// Rounds that may fail before the clock is no longer called synchronised.
constexpr int kPatience = 4;

Bytes bytes_of(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }
std::string_view text_of(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

}  // namespace

void declare_program_clock(CommandLine& line, ProgramClockOptions& options) {
  line.option("--clock-offset", options.offset, "start the program's clock so many seconds before the host's")
      .between(-5e9, 5e9)
      .show_default();
  line.option("--clock-drift", options.drift, "let the program's clock gain so many millionths")
      .between(-50'000.0, 50'000.0)
      .show_default();
}

std::uint64_t entropy() {
  std::random_device device;
  return static_cast<std::uint64_t>(device()) << 32U | device();
}

ProgramClock::ProgramClock(const ProgramClockOptions& options)
    : oscillator_(options.drift * 1e-6),
      loop_({[this] { return client_ ? oscillator_.when(client_->next_deadline()) : kNever; }, [this] { advance(); }}),
      clock_(elapsed(), time_of_day() + time_of(options.offset)) {}

void ProgramClock::follow(const TimeClientOptions& options, const TimeProtocol& protocol, const Address& server,
                          std::function<void(const Round&)> ended) {
  socket_.emplace(server.family(), UdpOptions{.stamps_arrival = true});
  client_.emplace(elapsed(), options, protocol, server, clock_, entropy(), std::move(ended));
  loop_.each_readable(socket_->descriptor(), [this] {
    socket_->receive_each([this](const UdpSocket::Datagram& datagram) { receive(datagram); });
  });
}

void ProgramClock::receive(const UdpSocket::Datagram& datagram) {
  client_->receive(elapsed(), arrival(datagram), datagram.from, bytes_of(datagram.bytes));
}

void ProgramClock::advance() {
  if (!client_) return;
  for (const TimeClient::Datagram& datagram : client_->advance(elapsed())) {
    const int error = socket_->send_to(datagram.to, text_of(datagram.bytes));
    if (error != 0 && error != EAGAIN && error != std::exchange(send_error_, error)) {
      say("ask {}: {}", name_of(datagram.to), ::strerror(error));
    }
  }
}

void Following::declare(CommandLine& line, FollowingOptions& options) {
  const Option server = line.option("--time-server", options.time_server,
                                    "keep the program's clock right by this NTP server: HOST or HOST:PORT");
  line.option("--sync-interval", options.interval, "seconds from one measurement of it to the next")
      .between(0.1, 86400.0)
      .needs(server)
      .show_default();
}

Following::Following(const FollowingOptions& options, ProgramClock& clock)
    : clock_(clock), watch_(kPatience * time_of(options.interval)), name_(options.time_server) {
  if (options.time_server.empty()) return;
  const Address server = resolve_destination(options.time_server, kNtpPort);
  name_ = name_of(server);
  clock_.follow({.samples = 4, .interval = time_of(options.interval), .takes_unsynchronised = false}, kNtp, server,
                [this](const Round& round) { ended(round); });
}

Quality Following::quality() const {
  const Time now = clock_.elapsed();
  return watch_.at(now, clock_.clock().left(now));
}

void Following::ended(const Round& round) {
  watch_.ended(clock_.elapsed(), round);
  const bool good = round.best.has_value();
  if (std::exchange(good_, good) == good) return;
  if (good) {
    say("synchronised with {} (stratum {}): it is {:+.6f} s ahead, give or take {:.6f} s", name_, round.server.stratum,
        in_seconds(round.offset), in_seconds(round.best->bound));
  } else if (round.refused > 0) {
    say("not synchronised: {} does not know the time itself", name_);
  } else {
    say("not synchronised: {} did not answer in a way that can be used", name_);
  }
}

}  // namespace wireproof::clock_sync
