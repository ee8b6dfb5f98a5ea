// tv-sender: sends a TV clip as UDP datagrams, each at its time (sheet "sockets and TV broadcast", questions 10 to 24).

#include <fmt/format.h>
#include <netinet/in.h>

#include <cerrno>
#include <optional>
#include <string>

#include "base/json_object.hpp"
#include "command_line/program.hpp"
#include "mpegts/profile.hpp"
#include "tv/bit_rate.hpp"
#include "tv/sending.hpp"

namespace {

using namespace wireproof;
using namespace wireproof::tv;

/// The sheet's question 10.
constexpr std::string_view kGreeting = "Hello";
constexpr std::chrono::milliseconds kRefusalWait(200);

struct Options {
  std::string host;
  std::uint16_t port = 0;
  std::string file;
  std::string rate = "pcr";
  double speed = 1;
  bool as_fast_as_possible = false;
  std::size_t payload = 1316;
  std::optional<int> ttl;
  std::optional<std::string> interface;
  bool loop = false;
  double start_at = 0;
  std::optional<double> duration;
  bool stop_on_refusal = false;
  bool no_wait = false;
  bool ipv4 = false;
  bool ipv6 = false;
  std::string json;
};

const Description kDescription{
    "tv-sender",
    "Sends a file, by default an MPEG-TS clip at its own rate, to a host or a multicast group as UDP datagrams; "
    "without\n"
    "a file, the word Hello.",
    "  tv-sender 10.0.0.1 5000                                    the word Hello; status 1 when the port is closed\n"
    "  tv-sender 10.0.0.1 5000 --file clip.ts                     at the clip's own rate, 7 TS packets per datagram\n"
    "  tv-sender 10.0.0.1 5000 --file clip.ts --speed 0.5         half of that\n"
    "  tv-sender 10.0.0.1 5000 --file clip.ts --rate 638k --payload 7975    one datagram every 100 ms\n"
    "  tv-sender 226.1.1.1 5000 --file clip.ts --ttl 4 --interface h3-eth0  to a group\n"
    "  tv-sender 10.0.0.1 5000 --file clip.ts --as-fast-as-possible         as `cat clip.ts | nc -u` would\n"
    "\n"
    "Pacing: datagram k is due when the bytes before it are, counted from the start, so errors never add up. When the\n"
    "socket's buffer is full the sender waits (told as blocked); after a delay overdue datagrams follow at once until "
    "the\n"
    "schedule is met again, and none is sent before it is due. --rate pcr follows the clip's clock references: one "
    "rate\n"
    "when that is constant, else from reference to reference.\n"
    "Errors: a refusal (ICMP port unreachable) is counted and sending goes on; so is a datagram dropped in this host\n"
    "(ENOBUFS). SIGINT and SIGTERM end the sending with its summary and status 0 (\"interrupted\": true)."};

ExitStatus send_greeting(const Options& options, SenderSocket& socket, const StopSignals& signals) {
  const std::span<const std::uint8_t> word(reinterpret_cast<const std::uint8_t*>(kGreeting.data()), kGreeting.size());
  const auto outcome = socket.send(word, signals, true);
  const bool wait = !options.no_wait && outcome == SenderSocket::Outcome::sent && !socket.peer().is_multicast();
  int error = outcome == SenderSocket::Outcome::lost_here ? ENOBUFS : 0;
  if (wait) error = socket.wait_for_error(kRefusalWait, signals);
  if (error == ECONNREFUSED) {
    throw Failure(fmt::format("{} refused the datagram, no program listens on that UDP port", name_of(socket.peer())),
                  {error, std::generic_category()});
  }
  if (error != 0) fail(fmt::format("cannot send to {}", name_of(socket.peer())), error);
  say("sent {} to {}, {} bytes", kGreeting, name_of(socket.peer()), kGreeting.size());
  return ExitStatus::ok;
}

/// The clip's own clock; throws when it has none.
mpegts::Profile read_clock(const ClipFile& file) {
  try {
    mpegts::Profile profile = file.profile();
    if (profile.has_clock()) return profile;
    throw Failure(fmt::format("{} {}: give --rate", printable(file.path()), profile.why_no_clock()));
  } catch (const mpegts::NotTransportStream& error) {
    throw Failure(
        fmt::format("{} is no MPEG transport stream ({}): give --rate", printable(file.path()), error.what()));
  }
}

struct Plan {
  Timetable timetable;
  std::uint64_t begin = 0;
};

Plan make_plan(const Options& options, const ClipFile& file) {
  const std::optional<double> rate = parse_bit_rate(options.rate);
  const nanoseconds skip(static_cast<std::int64_t>(options.start_at * 1e9));
  const bool needs_clock = options.as_fast_as_possible ? skip.count() > 0 : !rate;
  std::optional<Timetable> at_its_own_speed;
  std::optional<mpegts::Profile> profile;
  if (needs_clock) {
    profile = read_clock(file);
    at_its_own_speed = Timetable::from_pcr(*profile, 1);
  } else if (rate) {
    at_its_own_speed = Timetable::constant(file.size(), *rate);
  }
  Plan plan{options.as_fast_as_possible ? Timetable::immediate(file.size())
            : profile                   ? Timetable::from_pcr(*profile, options.speed)
                                        : Timetable::constant(file.size(), *rate * options.speed)};
  if (skip.count() > 0) {
    plan.begin = at_its_own_speed->offset_at(skip) / mpegts::kPacketSize * mpegts::kPacketSize;
    if (at_its_own_speed->duration() <= skip) {
      throw UsageError(fmt::format("--start-at {} lies behind the end of {} ({:.3f} s)", options.start_at,
                                   printable(file.path()),
                                   std::chrono::duration<double>(at_its_own_speed->duration()).count()));
    }
  }
  return plan;
}

double seconds(nanoseconds duration) { return std::chrono::duration<double>(duration).count(); }
double microseconds(nanoseconds duration) { return seconds(duration) * 1e6; }

JsonObject summarise(const Options& options, const SenderSocket& socket, const SendingReport& report,
                     const Timetable& timetable) {
  const SenderSocket::Counts& counts = socket.counts();
  const double elapsed = seconds(report.elapsed);
  const double achieved = elapsed > 0 ? static_cast<double>(report.bytes_before_last) * 8 / elapsed : 0;
  const double scheduled = seconds(report.scheduled);
  const double error_ppm = scheduled > 0 && elapsed > 0 ? (scheduled / elapsed - 1) * 1e6 : 0;
  const bool paced = !timetable.is_immediate();
  const std::string lateness =
      paced ? fmt::format("late by p50 {:.1f}, p99 {:.1f}, at most {:.1f} µs; ",
                          microseconds(report.lateness.percentile(0.5)), microseconds(report.lateness.percentile(0.99)),
                          microseconds(report.lateness.max()))
            : "";
  say("{}{} datagrams, {} bytes in {:.3f} s, {:.0f} bit/s; {}{} over 1 ms late; {} refused, {} unreachable, "
      "{} dropped here, blocked {} times, {:.1f} ms",
      report.interrupted ? "interrupted: " : "", counts.datagrams, counts.bytes, elapsed, achieved, lateness,
      paced ? report.late : 0, counts.refused, counts.unreachable, counts.no_buffers, counts.blocked,
      seconds(counts.blocked_time) * 1e3);
  JsonObject json;
  json.add("program", "tv-sender")
      .add("file", options.file)
      .add("host", options.host)
      .add("address", socket.peer().host())
      .add("port", std::uint64_t{options.port})
      .add("multicast", socket.peer().is_multicast())
      .add("payload_bytes", std::uint64_t{options.payload})
      .add("rate_bits_per_second", timetable.mean_rate())
      .add("constant_rate", timetable.is_constant())
      .add("datagrams", counts.datagrams)
      .add("bytes", counts.bytes)
      .add("seconds", elapsed)
      .add("achieved_bits_per_second", achieved)
      .add("rate_error_ppm", error_ppm);
  if (paced) {
    json.add("lateness_p50_us", microseconds(report.lateness.percentile(0.5)))
        .add("lateness_p99_us", microseconds(report.lateness.percentile(0.99)))
        .add("lateness_max_us", microseconds(report.lateness.max()))
        .add("late_datagrams", report.late);
  }
  json.add("refused", counts.refused)
      .add("unreachable", counts.unreachable)
      .add("no_buffer_space", counts.no_buffers)
      .add("blocked", counts.blocked)
      .add("blocked_seconds", seconds(counts.blocked_time))
      .add("interrupted", report.interrupted);
  if (!report.failure.empty()) json.add("failure", report.failure);
  return json;
}

ExitStatus send_file(const Options& options, SenderSocket& socket, const StopSignals& signals) {
  const ClipFile file(options.file);
  const Plan plan = make_plan(options, file);
  Pacer::Settings settings;
  settings.payload = options.payload;
  settings.begin = plan.begin;
  settings.loop = options.loop;
  if (options.duration) settings.duration = nanoseconds(static_cast<std::int64_t>(*options.duration * 1e9));
  say("sending {} to {} at {}, {}-byte datagrams", printable(file.path()), name_of(socket.peer()),
      plan.timetable.is_immediate()
          ? "full speed"
          : fmt::format("{}{:.0f} bit/s", plan.timetable.is_constant() ? "" : "a varying rate, mean ",
                        plan.timetable.mean_rate()),
      options.payload);
  const SendingReport report =
      send_paced(file, Pacer(plan.timetable, settings), options.payload, socket, signals, options.stop_on_refusal);
  const JsonObject summary = summarise(options, socket, report, plan.timetable);
  if (!options.json.empty()) write_json(summary, options.json);
  if (!report.failure.empty()) throw Failure(report.failure);
  if (report.refused) {
    throw Failure(fmt::format("{} refused a datagram", name_of(socket.peer())),
                  {ECONNREFUSED, std::generic_category()});
  }
  return ExitStatus::ok;
}

ExitStatus run(const Options& options) {
  if (options.ipv4 && options.ipv6) throw UsageError("--ipv4 and --ipv6 exclude each other");
  if (options.rate != "pcr" && !parse_bit_rate(options.rate)) {
    throw UsageError(fmt::format("--rate {}: want 'pcr' or a bit rate such as 638k or 1.5M", printable(options.rate)));
  }
  const StopSignals signals;
  SenderSocket::Settings settings;
  settings.ttl = options.ttl;
  settings.interface = options.interface;
  settings.family = options.ipv4 ? AF_INET : options.ipv6 ? AF_INET6 : AF_UNSPEC;
  SenderSocket socket(options.host, options.port, settings);
  return options.file.empty() ? send_greeting(options, socket, signals) : send_file(options, socket, signals);
}

void declare(CommandLine& line, Options& options) {
  line.option("HOST", options.host, "Name, address or multicast group").required();
  line.option("PORT", options.port, "UDP port").required().between(1, 65535);
  const Option file = line.option("--file", options.file, "What to send; without it, the word Hello");
  const Option rate =
      line.option("--rate", options.rate, "Bit rate of the payload (638k, 0.7M), or pcr: the clip's own")
          .show_default()
          .needs(file);
  const Option speed = line.option("--speed", options.speed, "Times that rate").between(0.001, 1000.0).needs(file);
  line.flag("--as-fast-as-possible", options.as_fast_as_possible, "No pacing; only back-pressure holds the sender")
      .needs(file)
      .excludes(rate)
      .excludes(speed);
  line.option("--payload", options.payload, "Bytes per datagram: 1316 is 7 TS packets, 7975 the sheet's 100 ms")
      .show_default()
      .between(1, 65535)
      .needs(file);
  line.option("--ttl", options.ttl, "Time to live, hop limit (for groups the system's default is 1)").between(1, 255);
  line.option("--interface", options.interface, "Interface to send from, by name or address");
  line.flag("--loop", options.loop, "Send the file again and again").needs(file);
  line.option("--start-at", options.start_at, "Skip this many seconds of the clip").between(0.0, 1e9).needs(file);
  line.option("--duration", options.duration, "Stop after this many seconds").between(0.0, 1e9).needs(file);
  line.flag("--stop-on-refusal", options.stop_on_refusal, "End with status 1 at the first ICMP port unreachable")
      .needs(file);
  line.flag("--no-wait", options.no_wait, "After Hello, do not wait 200 ms for a refusal");
  line.flag("-4,--ipv4", options.ipv4, "IPv4 addresses only");
  line.flag("-6,--ipv6", options.ipv6, "IPv6 addresses only");
  line.option("--json", options.json, "Write the summary as JSON to this file, or - for standard output").needs(file);
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  return run_program(
      argc, argv, kDescription, [&](CommandLine& line) { declare(line, options); }, [&] { return run(options); });
}
