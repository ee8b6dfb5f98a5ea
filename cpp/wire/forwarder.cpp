#include "wire/forwarder.hpp"

#include <sys/epoll.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "command_line/program.hpp"

namespace wireproof::wire {
namespace {

constexpr int kReceiveBatch = 256;
constexpr std::size_t kSendBatch = 64;
constexpr nanoseconds kResynchronise = std::chrono::milliseconds(10);
/// The ring holds what comes in meanwhile, at up to 500,000 packets/s.
constexpr nanoseconds kLongestPatience = std::chrono::milliseconds(4);
constexpr nanoseconds kWorthWaiting = std::chrono::microseconds(200);

enum Wakener : std::uint64_t { kFrames, kDue, kBell };

}  // namespace

Forwarder::Forwarder(Side side, PacketSocket& input, const std::string& output, Link& link, const Clock& clock,
                     DropLog* drops)
    : side_(side),
      input_(input),
      output_(output),
      link_(link),
      direction_(link.direction(side)),
      drops_(drops),
      clock_(clock),
      all_(::epoll_create1(EPOLL_CLOEXEC)),
      no_frames_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (!all_.is_open() || !no_frames_.is_open()) fail("open an epoll instance", errno);
  batch_.reserve(kSendBatch);
  watch(input_.descriptor(), kFrames, EPOLLIN);
  watch(timer_.descriptor(), kDue, EPOLLIN | EPOLLET);  // an edge needs no read to clear it
  watch(bell_.descriptor(), kBell, EPOLLIN | EPOLLET);
}

void Forwarder::watch(int descriptor, std::uint64_t event, std::uint32_t readiness) {
  epoll_event wanted{};
  wanted.events = readiness;
  wanted.data.u64 = event;
  for (const FileDescriptor* const instance : {&all_, &no_frames_}) {
    if (instance == &no_frames_ && event == kFrames) continue;
    if (::epoll_ctl(instance->get(), EPOLL_CTL_ADD, descriptor, &wanted) != 0) fail("watch a descriptor", errno);
  }
}

void Forwarder::run() {
  Turn::Lock lock = turn_.take();
  while (!stopped_) {
    turn_.pass_on(lock);
    const nanoseconds now = clock_.now();
    if (now - synchronised_ > kResynchronise) {
      clock_.synchronise();
      synchronised_ = now;
    }
    // Taking in goes before sending: who cannot keep up is to be late, and not to let the ring overflow.
    const bool sent = send_due(receive(now));
    if (drops_ != nullptr) drops_->flush();
    if (!sent) sleep(lock);
  }
}

void Forwarder::stop() {
  stopped_ = true;
  bell_.ring();
}

/// Takes what came in. All frames before the time that is returned have been taken.
nanoseconds Forwarder::receive(nanoseconds now) {
  PacketSocket::Received received;
  nanoseconds at{0};
  for (int i = 0; i < kReceiveBatch; ++i) {
    if (!input_.receive(received)) return std::max(now, at);
    at = clock_.from_time_of_day(received.stamp);
    if (at > now) at = std::min(at, now = clock_.now());  // it came meanwhile; or somebody set the clock
    link_.arrive(side_, received.frame, received.length, at);
    if (received.length > received.frame.size()) tell_too_big(received.length);
  }
  return at;
}

void Forwarder::receive_until(nanoseconds until) {
  while (receive(until) < until) {
  }
}

void Forwarder::tell_too_big(std::size_t length) {
  if (std::exchange(told_too_big_, true)) return;
  say("{} got a frame of {} bytes, more than its MTU allows; such are dropped (too_big). At the sender: ethtool -K "
      "DEVICE gso off tso off",
      printable(input_.interface()), length);
}

/// Sends a batch of what is due; false when nothing is.
bool Forwarder::send_due(nanoseconds horizon) {
  batch_.clear();
  while (batch_.size() < kSendBatch) {
    auto packet = link_.leave(side_, horizon);
    if (!packet) break;
    batch_.push_back(std::move(*packet));
  }
  if (!batch_.empty()) send_batch(clock_.now());
  return !batch_.empty();
}

void Forwarder::send_batch(nanoseconds now) {
  for (std::size_t done = 0; done < batch_.size();) {
    int error = 0;
    const std::span<Packet> rest = std::span<Packet>(batch_).subspan(done);
    const std::size_t sent = output_.send(rest, error);
    for (Packet& packet : rest.first(sent)) {
      lateness_.add(now - packet.due);
      direction_.sent(std::move(packet));
    }
    done += sent;
    if (done < batch_.size()) refuse(batch_[done++], error, now);
  }
}

void Forwarder::refuse(const Packet& packet, int error, nanoseconds now) {
  if (error == ENETDOWN || error == ENXIO || error == ENODEV) {
    output_.check_interface();
    direction_.refused(packet, Cause::down, now);
  } else {
    direction_.refused(packet, error == EMSGSIZE ? Cause::too_big : Cause::send, now);
  }
}

void Forwarder::take_kernel_drops() { direction_.lost_by_kernel(input_.take_kernel_drops()); }

/// How long frames may wait in the ring: what has a delay before it need not be taken in at once, and one wake-up less
/// for each packet halves what a slow link costs. Only while something is under way: an idle link waits for frames.
nanoseconds Forwarder::patience() const {
  if (direction_.next() == kNever) return nanoseconds(0);
  return std::min(direction_.patience() / 2, kLongestPatience);
}

/// Until a packet is due, a frame comes, somebody rings, or frames have waited in the ring for long enough. Others may
/// interrupt meanwhile.
void Forwarder::sleep(Turn::Lock& lock) {
  const nanoseconds deadline = link_.next(side_);
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
  epoll_event events[4];
  lock.unlock();
  const int count = ::epoll_wait(patient ? no_frames_.get() : all_.get(), events, 4, wait ? -1 : 0);
  const int error = errno;
  lock.lock();
  if (count < 0 && error != EINTR) fail("wait for packets", error);
  for (int i = 0; i < count; ++i) {
    if (events[i].data.u64 == kDue) {
      woken(wake, deadline);
    } else if (events[i].data.u64 == kFrames && (events[i].events & EPOLLERR) != 0) {
      take_input_error();
    }
  }
}

/// The timer went off, perhaps a little before the deadline on purpose: waits for the rest.
void Forwarder::woken(nanoseconds wake, nanoseconds deadline) {
  timer_.went_off();
  const nanoseconds now = clock_.now();
  if (now < wake) return;  // it had been set for something else
  wake_up_.came(now - wake);
  if (deadline - now > WakeUp::kMost) return;
  while (clock_.now() < deadline) {
  }
}

void Forwarder::take_input_error() {
  if (input_.take_down_error() && !std::exchange(told_down_, true)) {
    say("{} is down; going on", printable(input_.interface()));
  }
}

}  // namespace wireproof::wire
