#include "wire/emulation.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "command_line/program.hpp"
#include "wire/report.hpp"

namespace wireproof::wire {
namespace {

constexpr int kReceiveBatch = 256;
constexpr std::size_t kSendBatch = 64;
constexpr nanoseconds kResynchronise = std::chrono::milliseconds(10);
/// The ring holds what comes in meanwhile, at up to 500,000 packets/s.
constexpr nanoseconds kLongestPatience = std::chrono::milliseconds(4);
constexpr nanoseconds kWorthWaiting = std::chrono::microseconds(200);

enum Event : std::uint64_t { kFirst, kSecond, kTimer, kSignal, kInput, kOutput };

}  // namespace

Emulation::Emulation(const std::string& first, const std::string& second, Configuration configuration,
                     const EmulationOptions& options, const StopSignals& signals)
    : signals_(signals),
      ends_{PacketSocket(first), PacketSocket(second)},
      interval_(options.interval),
      link_(std::move(configuration), clock_.now(),
            [this](Side side, const Packet& packet, Cause cause, nanoseconds at) {
              if (drops_file_) drops_file_->add(drop_line(clock_.time_of_day(at), side, packet, cause));
            }),
      all_(::epoll_create1(EPOLL_CLOEXEC)),
      no_frames_(::epoll_create1(EPOLL_CLOEXEC)),
      answers_(STDOUT_FILENO) {
  if (!all_.is_open() || !no_frames_.is_open()) fail("open an epoll instance", errno);
  if (!options.drops.empty()) drops_file_.emplace(options.drops);
  if (!options.counters.empty()) {
    counters_file_.emplace(options.counters);
    next_counters_ = clock_.now();
  }
  batch_.reserve(kSendBatch);
  watch(ends_[0].descriptor(), kFirst);
  watch(ends_[1].descriptor(), kSecond);
  watch(timer_.descriptor(), kTimer, EPOLLIN | EPOLLET);  // an edge needs no read to clear it
  watch(signals_.descriptor(), kSignal);
}

void Emulation::watch(int descriptor, std::uint64_t event, std::uint32_t readiness) {
  epoll_event wanted{};
  wanted.events = readiness;
  wanted.data.u64 = event;
  bool watched = ::epoll_ctl(all_.get(), EPOLL_CTL_ADD, descriptor, &wanted) == 0;
  if (watched && event != kFirst && event != kSecond) {
    watched = ::epoll_ctl(no_frames_.get(), EPOLL_CTL_ADD, descriptor, &wanted) == 0;
  }
  if (watched) return;
  if (event != kInput || errno != EPERM) fail("watch a descriptor", errno);
  // A file, or /dev/null: it can always be read, and has an end.
  while (read_control()) {
  }
}

void Emulation::unwatch(int descriptor) {
  ::epoll_ctl(all_.get(), EPOLL_CTL_DEL, descriptor, nullptr);
  ::epoll_ctl(no_frames_.get(), EPOLL_CTL_DEL, descriptor, nullptr);
}

void Emulation::run() {
  answer(JsonObject().add("event", "ready").add_seconds("time", clock_.time_of_day(clock_.now())).text());
  watch(STDIN_FILENO, kInput);
  while (!stopped_) {
    const nanoseconds now = clock_.now();
    if (now - synchronised_ > kResynchronise) {
      clock_.synchronise();
      synchronised_ = now;
    }
    for (const Side side : kSides) {
      const nanoseconds horizon = receive(side, now);
      send_due(side, horizon);
    }
    if (now >= next_counters_) write_counters(now);
    if (drops_file_) drops_file_->flush();
    sleep();
  }
  take_kernel_drops();
  if (counters_file_) {
    write_counters(clock_.now());
    counters_file_->close();
  }
  if (drops_file_) drops_file_->close();
  answers_.flush();
}

void Emulation::check_answers() const {
  if (answers_.error() != 0) fail("write standard output", answers_.error());
  if (answers_.lost() > 0 || answers_.waits()) throw Failure("write standard output: answers were not read");
}

/// Takes what came in. All frames before the time that is returned have been taken.
nanoseconds Emulation::receive(Side side, nanoseconds now) {
  PacketSocket::Received received;
  nanoseconds at{0};
  for (int i = 0; i < kReceiveBatch; ++i) {
    if (!input(side).receive(received)) return std::max(now, at);
    at = clock_.from_time_of_day(received.stamp);
    if (at > now) at = std::min(at, now = clock_.now());  // it came meanwhile; or somebody set the clock
    link_.arrive(side, received.frame, received.length, at);
    if (received.length > received.frame.size()) tell_too_big(side, received.length);
  }
  return at;
}

void Emulation::tell_too_big(Side side, std::size_t length) {
  if (std::exchange(told_too_big_[static_cast<std::size_t>(side)], true)) return;
  say("{} got a frame of {} bytes, more than its MTU allows; such are dropped (too_big). At the sender: ethtool -K "
      "DEVICE "
      "gso off tso off",
      printable(input(side).interface()), length);
}

void Emulation::send_due(Side side, nanoseconds horizon) {
  for (;;) {
    batch_.clear();
    while (batch_.size() < kSendBatch) {
      auto packet = link_.leave(side, horizon);
      if (!packet) break;
      batch_.push_back(std::move(*packet));
    }
    if (batch_.empty()) return;
    send_batch(side, clock_.now());
  }
}

void Emulation::send_batch(Side side, nanoseconds now) {
  Direction& direction = link_.direction(side);
  for (std::size_t done = 0; done < batch_.size();) {
    int error = 0;
    const auto rest = std::span<const Packet>(batch_).subspan(done);
    const std::size_t sent = output(side).send(rest, error);
    for (const Packet& packet : rest.first(sent)) {
      direction.sent(packet);
      lateness_.add(now - packet.due);
    }
    done += sent;
    if (done < batch_.size()) refuse(side, batch_[done++], error, now);
  }
}

void Emulation::refuse(Side side, const Packet& packet, int error, nanoseconds now) {
  if (error == ENETDOWN || error == ENXIO || error == ENODEV) {
    output(side).take_down_error();
    link_.direction(side).refused(packet, Cause::down, now);
  } else {
    link_.direction(side).refused(packet, error == EMSGSIZE ? Cause::too_big : Cause::send, now);
  }
}

void Emulation::take_kernel_drops() {
  for (const Side side : kSides) link_.direction(side).lost_by_kernel(input(side).take_kernel_drops());
}

void Emulation::write_counters(nanoseconds now) {
  take_kernel_drops();
  JsonObject late;
  late.add("packets", lateness_.count())
      .add_seconds("p99", lateness_.percentile(0.99))
      .add_seconds("max", lateness_.max());
  JsonObject line;
  line.add_seconds("time", clock_.time_of_day(now)).add_object("late", late);
  add_counters(line, link_);
  counters_file_->add(line.text());
  counters_file_->flush();
  while (next_counters_ <= now) next_counters_ += interval_;
}

/// How long frames may wait in the ring: what has a delay before it need not be taken in at once, and one wake-up less
/// for each packet halves what a slow link costs. Only while something is under way: an idle link waits for frames.
nanoseconds Emulation::patience() const {
  const Direction& forward = link_.direction(Side::forward);
  const Direction& backward = link_.direction(Side::backward);
  if (forward.next() == kNever && backward.next() == kNever) return nanoseconds(0);
  return std::min(std::min(forward.patience(), backward.patience()) / 2, kLongestPatience);
}

/// Until a packet is due, a frame or a control line comes, or frames have waited in the ring for long enough.
void Emulation::sleep() {
  const nanoseconds deadline = std::min(link_.next(), next_counters_);
  const nanoseconds patience = this->patience();
  const bool patient = patience > kWorthWaiting;
  const nanoseconds now = clock_.now();
  const bool wait = deadline > now;
  nanoseconds wake = deadline;
  if (wait && deadline != kNever) {
    wake = std::max(deadline - wake_up_.lead(), now);
    if (patient) wake = std::min(wake, now + patience);
    timer_.set(clock_.monotonic(wake));
  }
  epoll_event events[8];
  const int count = ::epoll_wait(patient ? no_frames_.get() : all_.get(), events, 8, wait ? -1 : 0);
  if (count < 0 && errno != EINTR) fail("wait for packets", errno);
  for (int i = 0; i < count; ++i) {
    if (events[i].data.u64 == kTimer) {
      woken(wake, deadline);
    } else {
      handle(events[i].data.u64, (events[i].events & EPOLLERR) != 0);
    }
  }
}

/// The timer went off, perhaps a little before the deadline on purpose: waits for the rest.
void Emulation::woken(nanoseconds wake, nanoseconds deadline) {
  timer_.went_off();
  const nanoseconds now = clock_.now();
  if (now < wake) return;  // it had been set for something else
  wake_up_.came(now - wake);
  if (deadline - now > WakeUp::kMost) return;
  while (clock_.now() < deadline) {
  }
}

void Emulation::handle(std::uint64_t event, bool failed) {
  switch (event) {
    case kFirst:
    case kSecond: {
      auto& end = ends_[event];
      if (failed && end.take_down_error() && !std::exchange(told_down_[event], true)) {
        say("{} is down; going on", printable(end.interface()));
      }
      break;
    }
    case kSignal:
      stopped_ = true;
      break;
    case kOutput:
      answers_.flush();
      follow_answers();
      break;
    default:
      read_control();
  }
}

/// False at the end of standard input.
bool Emulation::read_control() {
  char bytes[16384];
  const ssize_t length = ::read(STDIN_FILENO, bytes, sizeof bytes);
  if (length < 0 && (errno == EINTR || errno == EAGAIN)) return true;
  std::string_view rest(bytes, static_cast<std::size_t>(std::max<ssize_t>(length, 0)));
  while (const auto line = control_.next(rest)) obey(*line);
  if (length > 0) return true;
  if (const auto line = control_.rest()) obey(*line);
  unwatch(STDIN_FILENO);
  return false;
}

/// What came in before the line does not suffer what the line asks for.
void Emulation::obey(const Line& line) {
  const nanoseconds now = clock_.now();
  for (const Side side : kSides) {
    while (receive(side, now) < now) {
    }
  }
  take_kernel_drops();
  answer(line.cut ? refuse_long_line() : answer_control(line.text, link_, now, clock_.time_of_day(now)));
}

/// A reader that does not read must not stop the link.
void Emulation::answer(const std::string& line) {
  answers_.add(line);
  follow_answers();
}

void Emulation::follow_answers() {
  if (answers_.waits() != awaits_reader_) {
    awaits_reader_ = answers_.waits();
    awaits_reader_ ? watch(STDOUT_FILENO, kOutput, EPOLLOUT) : unwatch(STDOUT_FILENO);
  }
  if (answers_.lost() == 0 || std::exchange(told_unread_, true)) return;
  say("answers are lost: {}; going on",
      answers_.error() != 0 ? std::strerror(answers_.error()) : "nobody reads standard output");
}

void Emulation::summarise() const {
  for (const Side side : kSides) {
    const Counters& counters = link_.direction(side).counters();
    std::string dropped;
    for (std::size_t i = 0; i < kCauseNames.size(); ++i) {
      if (counters.dropped[i] > 0) dropped += fmt::format(", {} {}", counters.dropped[i], kCauseNames[i]);
    }
    say("{}: {} received, {} passed ({} bytes), dropped: {}; {} duplicated, {} corrupted, {} reordered", name_of(side),
        counters.received, counters.passed, counters.bytes, dropped.empty() ? "none" : dropped.substr(2),
        counters.duplicated, counters.corrupted, counters.reordered);
  }
  const auto microseconds = [](nanoseconds time) { return static_cast<double>(time.count()) / 1e3; };
  say("packets left later than due by p50 {:.1f}, p99 {:.1f}, at most {:.1f} µs",
      microseconds(lateness_.percentile(0.5)), microseconds(lateness_.percentile(0.99)), microseconds(lateness_.max()));
}

}  // namespace wireproof::wire
