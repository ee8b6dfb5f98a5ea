// daytime-server: RFC 867, and the time of any zone (docs/protocols/daytime.md). The PDU, 192 octets both ways:
//
//     0 magic "WPDT"          4 version, 1            5 kind: 1 question, 2 answer
//     6 status: 0 known, 1 unknown zone, 2 not understood
//     7 flags: of a question 1 (moment given); of an answer 1 (synchronised), 2 (summer time)
//     8 request id            16 moment, ns since 1970
//    24 year, month, day, hour, minute, second, weekday: 2 octets and 1 each
//    32 UTC offset, s         36 offset to the reference, ns    44 its bound, ns
//    52 stratum               53 leap                 54 abbreviation, 10 octets
//    64 name of the zone, 64 octets                  128 text in the server's locale, 64 octets

#include "clock_sync/program_clock.hpp"
#include "command_line/program.hpp"
#include "daytime/date_format.hpp"
#include "daytime/daytime_server.hpp"
#include "daytime/zones.hpp"
#include "loop/signals.hpp"

using namespace wireproof;
using namespace wireproof::daytime;

int main(int argc, char** argv) {
  clock_sync::ProgramClockOptions clock_options;
  clock_sync::FollowingOptions following_options;
  DaytimeServer::Settings settings;
  std::string address;
  std::string locale = "POSIX";
  double interval = in_seconds(settings.limit.interval);

  const auto declare = [&](CommandLine& line) {
    line.option("--port", settings.port, "UDP port to listen on; 0 lets the kernel choose one").show_default();
    line.option("--host", address, "listen on this address only (default: all, IPv4 and IPv6)");
    line.option("--zone", settings.zone, "time zone of the place where the server is, as in the tz database")
        .show_default();
    line.option("--locale", locale, "in whose words and order dates are told, as `locale -a` lists them")
        .show_default();
    line.option("--reply-interval", interval, "seconds for each reply of RFC 867 to one source, in the long run")
        .between(0.001, 3600.0)
        .show_default();
    line.option("--reply-burst", settings.limit.burst, "replies of RFC 867 to one source at once")
        .between(1U, 1'000'000U)
        .show_default();
    clock_sync::declare_program_clock(line, clock_options);
    clock_sync::Following::declare(line, following_options);
  };
  const auto serve = [&] {
    const DateFormat format(locale);
    const DateFormat plain("POSIX");  // RFC 867 wants printing ASCII characters
    if (!local_time(settings.zone, Time(0))) {
      throw UsageError(fmt::format("the system's tz database has no zone '{}'", printable(settings.zone)));
    }
    settings.limit.interval = time_of(interval);
    const StopSignals signals;
    clock_sync::ProgramClock clock(clock_options);
    clock_sync::Following following(following_options, clock);
    UdpSocket socket = UdpSocket::listening(address, settings.port, {.tells_asked = true});
    settings.port = socket.local().port;
    DaytimeServer server(settings,
                         {local_time, [&](const LocalTime& time) { return format.text(time, "%c"); },
                          [&](const LocalTime& time) { return plain.text(time, "%A, %B %d, %Y %H:%M:%S-%Z"); }},
                         clock_sync::entropy());
    clock.loop().each_readable(signals.descriptor(), [&] { clock.loop().stop(); });
    clock.loop().each_readable(socket.descriptor(), [&] {
      socket.receive_each([&](const UdpSocket::Datagram& datagram) {
        const Bytes bytes{reinterpret_cast<const std::uint8_t*>(datagram.bytes.data()), datagram.bytes.size()};
        const Time now = clock.elapsed();
        const auto answer = server.answer({now, clock.clock().reading(now), following.quality()}, datagram.from, bytes);
        if (!answer) return;
        // What has no room is lost, as any datagram may be: its client asks again.
        socket.send_to(datagram.from, {reinterpret_cast<const char*>(answer->data()), answer->size()}, datagram.asked);
      });
    });
    say("listening on {} (udp), in {}", name_of(socket.local()), settings.zone);
    clock.loop().run();
    const DaytimeServer::Counts& counts = server.counts();
    say("{}: {} questions answered, {} of them by an error; {} replies of RFC 867, {} withheld; {} datagrams of "
        "servers",
        signal_name(signals.take()), counts.answered, counts.unknown, counts.plain, counts.limited, counts.ignored);
    return ExitStatus::ok;
  };
  return run_program(
      argc, argv,
      {"daytime-server", "Tells date and time: by RFC 867, and of any time zone.",
       "  daytime-server --zone America/Argentina/Buenos_Aires --locale es_AR.UTF-8\n"
       "  daytime-server --port 1300 --time-server 10.0.0.3       a clock of its own, kept right by NTP\n"
       "  nc -u HOST 13                                           any datagram is answered"},
      declare, serve);
}
