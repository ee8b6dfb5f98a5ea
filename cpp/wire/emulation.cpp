#include "wire/emulation.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <thread>

#include "command_line/program.hpp"
#include "wire/report.hpp"

namespace wireproof::wire {
namespace {

enum Event : std::uint64_t { kTimer, kFailed, kSignal, kInput, kOutput };

/// Ends a thread when its scope ends, however that does.
class Running {
 public:
  Running(Forwarder& forwarder, std::thread thread) : forwarder_(forwarder), thread_(std::move(thread)) {}
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running() {
    forwarder_.stop();
    thread_.join();
  }

 private:
  Forwarder& forwarder_;
  std::thread thread_;
};

}  // namespace

Emulation::Emulation(const std::string& first, const std::string& second, Configuration configuration,
                     const EmulationOptions& options, const StopSignals& signals)
    : signals_(signals),
      ends_{PacketSocket(first), PacketSocket(second)},
      drops_(options.drops.empty() ? nullptr : std::make_unique<DropLog>(options.drops)),
      interval_(options.interval),
      link_(std::move(configuration), clock_.now(),
            [this](Side side, const Packet& packet, Cause cause, nanoseconds at) {
              const Clock& clock = forwarders_[static_cast<std::size_t>(side)].clock();
              if (drops_) drops_->add(drop_line(clock.time_of_day(at), side, packet, cause));
            }),
      forwarders_{Forwarder(Side::forward, ends_[0], second, link_, clock_, drops_.get()),
                  Forwarder(Side::backward, ends_[1], first, link_, clock_, drops_.get())},
      events_(::epoll_create1(EPOLL_CLOEXEC)),
      answers_(STDOUT_FILENO) {
  if (!events_.is_open()) fail("open an epoll instance", errno);
  if (!options.counters.empty()) {
    counters_file_.emplace(options.counters);
    next_counters_ = clock_.now();
  }
  watch(timer_.descriptor(), kTimer, EPOLLIN | EPOLLET);
  watch(failed_.descriptor(), kFailed, EPOLLIN | EPOLLET);
  watch(signals_.descriptor(), kSignal);
}

void Emulation::watch(int descriptor, std::uint64_t event, std::uint32_t readiness) {
  epoll_event wanted{};
  wanted.events = readiness;
  wanted.data.u64 = event;
  if (::epoll_ctl(events_.get(), EPOLL_CTL_ADD, descriptor, &wanted) == 0) return;
  if (event != kInput || errno != EPERM) fail("watch a descriptor", errno);
  // A file, or /dev/null: it can always be read, and has an end.
  while (read_control()) {
  }
}

void Emulation::unwatch(int descriptor) { ::epoll_ctl(events_.get(), EPOLL_CTL_DEL, descriptor, nullptr); }

void Emulation::run() {
  attend();
  for (const std::exception_ptr& failure : failures_) {
    if (failure) std::rethrow_exception(failure);
  }
  for (Forwarder& forwarder : forwarders_) forwarder.take_kernel_drops();
  if (counters_file_) {
    write_counters(clock_.now());
    counters_file_->close();
  }
  if (drops_) drops_->close();
  answers_.flush();
}

/// In a thread.
void Emulation::forward(Side side) {
  const auto place = static_cast<std::size_t>(side);
  try {
    forwarders_[place].run();
  } catch (...) {
    failures_[place] = std::current_exception();
    failed_.ring();
  }
}

/// While both threads run.
void Emulation::attend() {
  const Running forward(forwarders_[0], std::thread([this] { this->forward(Side::forward); }));
  const Running backward(forwarders_[1], std::thread([this] { this->forward(Side::backward); }));
  answer(JsonObject().add("event", "ready").add_seconds("time", clock_.time_of_day(clock_.now())).text());
  watch(STDIN_FILENO, kInput);
  while (!stopped_) wait();
}

void Emulation::wait() {
  if (next_counters_ != kNever) timer_.set(clock_.monotonic(next_counters_));
  epoll_event events[8];
  const int count = ::epoll_wait(events_.get(), events, 8, -1);
  if (count < 0 && errno != EINTR) fail("wait for control lines", errno);
  clock_.synchronise();
  for (int i = 0; i < count; ++i) handle(events[i].data.u64);
}

void Emulation::handle(std::uint64_t event) {
  switch (event) {
    case kFailed:
    case kSignal:
      stopped_ = true;
      break;
    case kTimer: {
      timer_.went_off();
      const nanoseconds now = clock_.now();
      if (now < next_counters_) break;
      const Both held = hold_both();
      for (Forwarder& forwarder : forwarders_) forwarder.take_kernel_drops();
      write_counters(now);
      break;
    }
    case kOutput:
      answers_.flush();
      follow_answers();
      break;
    default:
      read_control();
  }
}

void Emulation::check_answers() const {
  if (answers_.error() != 0) fail("write standard output", answers_.error());
  if (answers_.lost() > 0 || answers_.waits()) throw Failure("write standard output: answers were not read");
}

Histogram Emulation::lateness() const {
  Histogram both = forwarders_[0].lateness();
  both.add(forwarders_[1].lateness());
  return both;
}

void Emulation::write_counters(nanoseconds now) {
  const Histogram lateness = this->lateness();
  JsonObject late;
  late.add("packets", lateness.count())
      .add_seconds("p99", lateness.percentile(0.99))
      .add_seconds("max", lateness.max());
  JsonObject line;
  line.add_seconds("time", clock_.time_of_day(now)).add_object("late", late);
  add_counters(line, link_);
  counters_file_->add(line.text());
  counters_file_->flush();
  while (next_counters_ <= now) next_counters_ += interval_;
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
  std::string told;
  {
    const Both held = hold_both();
    const nanoseconds now = clock_.now();
    for (Forwarder& forwarder : forwarders_) {
      forwarder.receive_until(now);
      forwarder.take_kernel_drops();
    }
    told = line.cut ? refuse_long_line() : answer_control(line.text, link_, now, clock_.time_of_day(now));
  }
  for (Forwarder& forwarder : forwarders_) forwarder.look_again();
  answer(told);
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
  const Histogram lateness = this->lateness();
  const auto microseconds = [](nanoseconds time) { return static_cast<double>(time.count()) / 1e3; };
  say("packets left later than due by p50 {:.1f}, p99 {:.1f}, at most {:.1f} µs",
      microseconds(lateness.percentile(0.5)), microseconds(lateness.percentile(0.99)), microseconds(lateness.max()));
}

}  // namespace wireproof::wire
