// utc-server: tells the time of day to whoever asks (docs/protocols/utc.md).

#include "clock_sync/program_clock.hpp"
#include "command_line/program.hpp"
#include "loop/signals.hpp"
#include "utc/utc_message.hpp"
#include "utc/utc_server.hpp"

using namespace wireproof;

int main(int argc, char** argv) {
  clock_sync::ProgramClockOptions clock_options;
  clock_sync::FollowingOptions following_options;
  std::string address;
  std::uint16_t port = utc::kPort;
  unsigned stratum = 0;

  const auto declare = [&](CommandLine& line) {
    line.option("--port", port, "UDP port to listen on; 0 lets the kernel choose one").show_default();
    line.option("--host", address, "listen on this address only (default: all, IPv4 and IPv6)");
    clock_sync::declare_program_clock(line, clock_options);
    clock_sync::Following::declare(line, following_options);
    line.option("--stratum", stratum, "vouch for the host's clock: it has a reference of this stratum; 0: nobody does")
        .between(0U, 14U)
        .show_default();
  };
  const auto serve = [&] {
    const StopSignals signals;
    clock_sync::ProgramClock clock(clock_options);
    clock_sync::Following following(following_options, clock);
    UdpSocket socket = UdpSocket::listening(address, port, {.tells_asked = true, .stamps_arrival = true});
    utc::UtcServer server(clock.clock(), clock_sync::entropy());
    const auto quality = [&] {
      clock_sync::Quality found = following.quality();
      if (found.is_synchronised() || stratum == 0) return found;
      found.leap = clock_sync::Leap::none;
      found.stratum = static_cast<std::uint8_t>(stratum);
      return found;
    };
    clock.loop().each_readable(signals.descriptor(), [&] { clock.loop().stop(); });
    clock.loop().each_readable(socket.descriptor(), [&] {
      socket.receive_each([&](const UdpSocket::Datagram& datagram) {
        const Bytes bytes{reinterpret_cast<const std::uint8_t*>(datagram.bytes.data()), datagram.bytes.size()};
        const Time now = clock.elapsed();
        const auto answer = server.answer(now, std::min(clock.arrival(datagram), now), bytes, quality());
        if (!answer) return;
        // What has no room is lost, as any datagram may be: its client asks again.
        socket.send_to(datagram.from, {reinterpret_cast<const char*>(answer->data()), answer->size()}, datagram.asked);
      });
    });
    say("listening on {} (udp)", name_of(socket.local()));
    clock.loop().run();
    say("{}: {} questions answered, {} other datagrams ignored", signal_name(signals.take()), server.answered(),
        server.ignored());
    return ExitStatus::ok;
  };
  return run_program(argc, argv,
                     {"utc-server", "Tells the time of day, UTC, to clients that set their clocks by it.",
                      "  utc-server                              on port 12810, the host's clock\n"
                      "  utc-server --clock-offset 3.5           wrong on purpose, for a lesson\n"
                      "  utc-server --time-server 10.0.0.3       a clock of its own, kept right by NTP"},
                     declare, serve);
}
