#include "tv/sending.hpp"

#include <vector>

#include "command_line/program.hpp"
#include "tv/deadline_wait.hpp"

namespace wireproof::tv {
namespace {

constexpr nanoseconds kLate = std::chrono::milliseconds(1);
/// The first datagram too is waited for, so that it leaves as exactly as the others.
constexpr nanoseconds kLead = std::chrono::milliseconds(1);

}  // namespace

SendingReport send_paced(const ClipFile& file, Pacer pacer, std::size_t payload, SenderSocket& socket,
                         const StopSignals& signals, bool stop_on_refusal) {
  SendingReport report;
  DeadlineWait wait(signals);
  std::vector<std::uint8_t> buffer(payload);
  const nanoseconds start = DeadlineWait::now() + kLead;
  if (!wait.until(start)) {
    report.interrupted = true;
    return report;
  }
  nanoseconds first_sent{0};
  nanoseconds first_due{0};
  bool any = false;
  const auto send_one = [&](const Pacer::Send& send) {
    const std::span<std::uint8_t> datagram(buffer.data(), send.length);
    file.read(send.offset, datagram);
    const std::uint64_t bytes_before = socket.counts().bytes;
    nanoseconds now = DeadlineWait::now() - start;
    const auto outcome = socket.send(datagram, signals, stop_on_refusal);
    if (outcome == SenderSocket::Outcome::stopped) report.interrupted = true;
    if (outcome == SenderSocket::Outcome::refused) report.refused = true;
    if (report.interrupted || report.refused) return;
    if (outcome == SenderSocket::Outcome::sent_after_wait) now = DeadlineWait::now() - start;
    if (!any) {
      first_sent = now;
      first_due = send.due;
      any = true;
    }
    report.lateness.add(now - send.due);
    if (now - send.due > kLate) ++report.late;
    report.elapsed = now - first_sent;
    report.scheduled = send.due - first_due;
    report.bytes_before_last = bytes_before;
  };
  try {
    while (!report.interrupted && !report.refused) {
      const Pacer::Action action = pacer.next(DeadlineWait::now() - start);
      if (std::holds_alternative<Pacer::Done>(action)) break;
      if (const auto* const pause = std::get_if<Pacer::Wait>(&action)) {
        report.interrupted = !wait.until(start + pause->until);
      } else {
        // Without pauses (overdue, or as fast as possible) the signals would otherwise go unseen.
        if (socket.counts().datagrams % 64 == 63 && signals.arrived()) report.interrupted = true;
        if (!report.interrupted) send_one(std::get<Pacer::Send>(action));
      }
    }
  } catch (const Failure& failure) {
    report.failure = failure.what();
  }
  return report;
}

}  // namespace wireproof::tv
