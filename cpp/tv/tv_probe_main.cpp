// tv-probe: receives a TV stream and judges it as a player would, or examines a clip on disk
// (sheet "sockets and TV broadcast", questions 6 to 24).

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/json_object.hpp"
#include "command_line/program.hpp"
#include "loop/loop.hpp"
#include "loop/signals.hpp"
#include "tv/clip_file.hpp"
#include "tv/probe_report.hpp"
#include "tv/receiver_socket.hpp"
#include "tv/stream_monitor.hpp"

namespace {

using namespace wireproof;
using namespace wireproof::tv;

/// Seconds between two lines of the timeline.
constexpr double kTick = 0.1;
/// More than the socket's buffer holds.
constexpr int kLastBatches = 32;

struct Options {
  std::vector<std::string> where;  ///< [GROUP] PORT
  std::optional<std::string> bind;
  std::optional<std::string> interface;
  Player::Settings player;
  std::optional<double> idle_timeout;
  std::optional<double> first_timeout;
  std::optional<double> duration;
  std::string file;
  std::string json;
  std::string timeline;
  std::string save;
};

const Description kDescription{
    "tv-probe",
    "Receives an MPEG-TS stream over UDP, counts what is wrong with it and models the buffer of a player that shows "
    "it;\n"
    "or examines a clip on disk.",
    "  tv-probe 5000 --idle-timeout 2 --json -                 until 2 s of silence, then a report\n"
    "  tv-probe 226.1.1.1 5000 --interface h1-eth0             as a member of a group; Ctrl+C ends it with the report\n"
    "  tv-probe 5000 --bind 10.0.0.1 --first-timeout 5         on one address; status 1 when nothing comes within 5 s\n"
    "  tv-probe 5000 --timeline buffer.csv --save got.ts       the buffer's level every 100 ms; the bytes received\n"
    "  tv-probe --file clip.ts                                 rate, duration and needed decoder buffer of a clip\n"
    "\n"
    "The player starts with --buffer-delay seconds of stream, shows one second per second, stalls when its buffer is\n"
    "empty until as much is there again, and throws away what does not fit into --buffer-size (lost time). Late is "
    "what\n"
    "comes in a stall after the moment at which it was due.\n"
    "SIGINT and SIGTERM end the reception with the report and status 0."};

class File {
 public:
  File(const std::string& path, const char* mode) : path_(path), file_(std::fopen(path.c_str(), mode), &std::fclose) {
    if (!file_) fail(fmt::format("write {}", printable(path_)), errno);
  }

  void write(const void* bytes, std::size_t size) {
    if (std::fwrite(bytes, 1, size, file_.get()) != size) fail(fmt::format("write {}", printable(path_)), errno);
  }
  void write(const std::string& text) { write(text.data(), text.size()); }
  void close() {
    if (std::fclose(file_.release()) != 0) fail(fmt::format("write {}", printable(path_)), errno);
  }

 private:
  std::string path_;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
};

double now() { return in_seconds(read_clock(CLOCK_MONOTONIC)); }

ExitStatus examine_clip(const Options& options) {
  const ClipFile file(options.file);
  try {
    const mpegts::Profile profile = file.profile();
    for (const std::string& line : clip_lines(profile)) say_line(line);
    if (!options.timeline.empty()) {
      if (!profile.has_clock())
        throw Failure(fmt::format("no timeline: {} {}", printable(file.path()), profile.why_no_clock()));
      const RateWindows windows = measure_rate_windows(profile);
      File timeline(options.timeline, "w");
      timeline.write("seconds,bits_per_second\n");
      for (std::size_t i = 0; i < windows.rates.size(); ++i) {
        timeline.write(
            fmt::format("{:.1f},{:.0f}\n", static_cast<double>(i) * windows.window_seconds, windows.rates[i]));
      }
      timeline.close();
    }
    if (!options.json.empty()) write_json(clip_json(profile), options.json);
  } catch (const mpegts::NotTransportStream& error) {
    throw Failure(fmt::format("{} is no MPEG transport stream: {}", printable(file.path()), error.what()));
  }
  return ExitStatus::ok;
}

/// One reception, from the first wait to the report.
class Reception {
 public:
  Reception(const Options& options, ReceiverSocket& socket, const StopSignals& signals)
      : options_(options),
        socket_(socket),
        signals_(signals),
        loop_({[this] { return next_look_; }, [this] { look(); }}),
        monitor_(options.player) {
    if (!options.timeline.empty()) {
      timeline_.emplace(options.timeline, "w");
      timeline_->write("seconds,unix_time,received_bytes,buffer_bytes,buffer_seconds,state\n");
    }
    if (!options.save.empty()) saved_.emplace(options.save, "wb");
  }

  void run() {
    loop_.each_readable(signals_.descriptor(), [this] {
      take_the_rest();
      loop_.stop();
    });
    loop_.each_readable(socket_.descriptor(), [] {});  // look() takes it
    loop_.run();
    monitor_.finish();
    if (timeline_) timeline_->close();
    if (saved_) saved_->close();
  }

  const StreamMonitor& monitor() const { return monitor_; }

 private:
  /// At each event, and otherwise often enough for a timeline.
  void look() {
    receive();
    write_timeline(now());
    if (over()) loop_.stop();
    next_look_ = loop_.now() + time_of(kTick / 4);
  }

  bool receive() {
    return socket_.receive([this](double arrival, std::span<const std::uint8_t> bytes) { take(arrival, bytes); });
  }

  /// What came before the signal counts; a sender that goes on must not hold up the end.
  void take_the_rest() {
    for (int i = 0; i < kLastBatches && receive(); ++i) {
    }
  }

  void take(double arrival, std::span<const std::uint8_t> bytes) {
    if (monitor_.counts().datagrams == 0) {
      first_ = arrival;
      unix_offset_ = in_seconds(time_of_day()) - now();
    }
    write_timeline(arrival);
    if (monitor_.datagram(arrival, bytes) && saved_) saved_->write(bytes.data(), bytes.size());
  }

  bool over() const {
    const double time = now();
    const StreamMonitor::Counts& counts = monitor_.counts();
    if (options_.duration && time - started_ >= *options_.duration) return true;
    if (counts.datagrams > 0) return options_.idle_timeout && time - counts.last_arrival >= *options_.idle_timeout;
    if (options_.first_timeout && time - started_ >= *options_.first_timeout) {
      throw Failure(
          fmt::format("no datagram came to {} within {} s", name_of(socket_.local()), *options_.first_timeout));
    }
    return false;
  }

  /// Writes the lines due up to `time`, each with the level at its own moment.
  void write_timeline(double time) {
    if (monitor_.counts().datagrams == 0) return;
    for (; first_ + static_cast<double>(lines_) * kTick <= time; ++lines_) {
      const double moment = first_ + static_cast<double>(lines_) * kTick;
      monitor_.advance(moment);
      if (!timeline_) continue;
      const Player& player = monitor_.player();
      timeline_->write(fmt::format("{:.1f},{:.6f},{},{},{:.6f},{}\n", moment - first_, moment + unix_offset_,
                                   monitor_.counts().bytes, player.level_bytes(), player.level_seconds(),
                                   to_string(player.state())));
    }
  }

  const Options& options_;
  ReceiverSocket& socket_;
  const StopSignals& signals_;
  Loop loop_;
  Time next_look_{0};
  double started_ = now();
  StreamMonitor monitor_;
  std::optional<File> timeline_;
  std::optional<File> saved_;
  double first_ = 0;
  double unix_offset_ = 0;
  std::uint64_t lines_ = 0;
};

ReceiverSocket::Settings read_place(const Options& options) {
  ReceiverSocket::Settings settings;
  const std::string& port = options.where.back();
  const auto number = parse_port(port);
  if (!number) throw UsageError(fmt::format("PORT {}: want a number from 1 to 65535", printable(port)));
  settings.port = *number;
  if (options.where.size() == 2) settings.group = options.where.front();
  settings.bind = options.bind;
  settings.interface = options.interface;
  return settings;
}

ExitStatus receive(const Options& options) {
  const StopSignals signals;
  ReceiverSocket socket(read_place(options));
  Reception reception(options, socket, signals);
  say("listening on {} (udp)", name_of(socket.local()));
  if (!socket.joined().empty()) say("joined {}", socket.joined());
  reception.run();
  const std::uint64_t drops = socket.drops();
  for (const std::string& line : reception_lines(reception.monitor(), drops)) say_line(line);
  if (!options.json.empty()) write_json(reception_json(reception.monitor(), drops), options.json);
  return ExitStatus::ok;
}

ExitStatus run(const Options& options) {
  if (!options.file.empty()) {
    if (!options.where.empty()) throw UsageError("give either a PORT to listen on or --file, not both");
    return examine_clip(options);
  }
  if (options.where.empty()) throw UsageError("give a PORT to listen on, or --file");
  return receive(options);
}

void declare(CommandLine& line, Options& options) {
  line.option("[GROUP] PORT", options.where, "Multicast group to join, if any, and UDP port").words(0, 2);
  const Option file = line.option("--file", options.file, "Examine this clip; nothing is received");
  line.option("--bind", options.bind, "Local address to listen on (default: all IPv4 addresses)").excludes(file);
  line.option("--interface", options.interface, "Interface to join or listen on, by name or address").excludes(file);
  line.option("--buffer-delay", options.player.buffer_delay, "Seconds of stream buffered before playing")
      .show_default()
      .between(0.0, 3600.0);
  line.option("--buffer-size", options.player.buffer_bytes, "Size of the player's buffer, bytes")
      .show_default()
      .between(188, 1 << 30);
  line.option("--idle-timeout", options.idle_timeout, "End after this many seconds without a datagram, once one came")
      .positive();
  line.option("--first-timeout", options.first_timeout, "Fail when nothing comes within this many seconds").positive();
  line.option("--duration", options.duration, "End after this many seconds").positive();
  line.option("--json", options.json, "Write the report as JSON to this file, or - for standard output");
  line.option("--timeline", options.timeline,
              "Write a CSV, a line per 100 ms: the player's buffer, or, with --file, the clip's rate");
  line.option("--save", options.save, "Write the received transport stream to this file").excludes(file);
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  return run_program(
      argc, argv, kDescription, [&](CommandLine& line) { declare(line, options); }, [&] { return run(options); });
}
