#include "wire/emulation.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/program.hpp"
#include "wire/report.hpp"

namespace wireproof::wire {
namespace {

constexpr int kReceiveBatch = 256;
constexpr std::size_t kSendBatch = 64;

enum Event : std::uint64_t { kFirst, kSecond, kTimer, kSignal, kInput };

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
      epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (!epoll_.is_open()) fail("open an epoll instance", errno);
  if (!options.drops.empty()) drops_file_.emplace(options.drops);
  if (!options.counters.empty()) {
    counters_file_.emplace(options.counters);
    next_counters_ = clock_.now();
  }
  batch_.reserve(kSendBatch);
  watch(ends_[0].descriptor(), kFirst);
  watch(ends_[1].descriptor(), kSecond);
  watch(timer_.descriptor(), kTimer);
  watch(signals_.descriptor(), kSignal);
}

void Emulation::watch(int descriptor, std::uint64_t event) {
  epoll_event wanted{};
  wanted.events = EPOLLIN;
  wanted.data.u64 = event;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor, &wanted) == 0) return;
  if (event != kInput || errno != EPERM) fail("watch a descriptor", errno);
  // A file, or /dev/null: it can always be read, and has an end.
  while (event == kInput && !stopped_ && ::lseek(descriptor, 0, SEEK_CUR) >= 0) {
    const auto before = ::lseek(descriptor, 0, SEEK_CUR);
    read_control();
    if (::lseek(descriptor, 0, SEEK_CUR) == before) return;
  }
}

void Emulation::run() {
  answer(fmt::format(R"({{"event":"ready","time":{}}})", seconds_text(clock_.time_of_day(clock_.now()))));
  watch(STDIN_FILENO, kInput);
  while (!stopped_) {
    clock_.synchronise();
    const nanoseconds now = clock_.now();
    for (const Side side : kSides) {
      const nanoseconds horizon = receive(side, now);
      send_due(side, horizon);
    }
    if (now >= next_counters_) write_counters(now);
    if (drops_file_) drops_file_->flush();
    sleep();
  }
  take_kernel_drops();
  if (counters_file_) write_counters(clock_.now());
  if (drops_file_) drops_file_->flush();
}

/// Takes what came in. All frames before the time that is returned have been taken.
nanoseconds Emulation::receive(Side side, nanoseconds now) {
  PacketSocket::Received received;
  nanoseconds at{0};
  for (int i = 0; i < kReceiveBatch; ++i) {
    if (!input(side).receive(received)) return now;
    at = std::min(clock_.from_time_of_day(received.stamp), now);
    link_.arrive(side, received.frame, received.length, at);
    if (received.length > received.frame.size() &&
        !std::exchange(told_too_big_[static_cast<std::size_t>(side)], true)) {
      say("{} got a frame of {} bytes, more than its MTU allows; such are dropped (too_big). At the sender: ethtool -K "
          "DEVICE gso off tso off",
          printable(input(side).interface()), received.length);
    }
  }
  return at;
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
  counters_file_->add(
      fmt::format(R"({{"time":{},{}}})", seconds_text(clock_.time_of_day(now)), counter_members(link_)));
  counters_file_->flush();
  while (next_counters_ <= now) next_counters_ += interval_;
}

void Emulation::sleep() {
  const nanoseconds deadline = std::min(link_.next(), next_counters_);
  const nanoseconds now = clock_.now();
  timer_.set(deadline == kNever ? kNever : clock_.monotonic(deadline));
  epoll_event events[8];
  const int count = ::epoll_wait(epoll_.get(), events, 8, deadline <= now ? 0 : -1);
  if (count < 0 && errno != EINTR) fail("wait for packets", errno);
  for (int i = 0; i < count; ++i)
    handle(events[i].data.u64 | (events[i].events & EPOLLERR ? std::uint64_t{1} << 32 : 0));
}

void Emulation::handle(std::uint64_t event) {
  const bool failed = event >> 32 != 0;
  switch (event & 0xFFFFFFFFU) {
    case kFirst:
    case kSecond: {
      auto& end = ends_[event & 1];
      if (failed && end.take_down_error() && !std::exchange(told_down_[event & 1], true)) {
        say("{} is down; going on", printable(end.interface()));
      }
      break;
    }
    case kTimer:
      timer_.take();
      break;
    case kSignal:
      stopped_ = true;
      break;
    default:
      read_control();
  }
}

void Emulation::read_control() {
  char bytes[16384];
  const ssize_t length = ::read(STDIN_FILENO, bytes, sizeof bytes);
  if (length < 0 && (errno == EINTR || errno == EAGAIN)) return;
  std::string_view rest(bytes, static_cast<std::size_t>(std::max<ssize_t>(length, 0)));
  const auto obey = [this](const Line& line) {
    const nanoseconds now = clock_.now();
    take_kernel_drops();
    answer(line.cut ? refuse_long_line() : answer_control(line.text, link_, now, clock_.time_of_day(now)));
  };
  while (const auto line = control_.next(rest)) obey(*line);
  if (length > 0) return;
  if (const auto line = control_.rest()) obey(*line);
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, STDIN_FILENO, nullptr);
}

/// A reader that does not read must not stop the link: what it has no room for is lost to it.
void Emulation::answer(const std::string& line) {
  const std::string text = line + "\n";
  pollfd ready{STDOUT_FILENO, POLLOUT, 0};
  if (::poll(&ready, 1, 0) <= 0 || (ready.revents & POLLOUT) == 0) return;
  for (std::string_view rest = text; !rest.empty();) {
    const ssize_t written = ::write(STDOUT_FILENO, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return;
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
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
