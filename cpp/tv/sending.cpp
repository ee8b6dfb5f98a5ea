#include "tv/sending.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <vector>

#include "base/program.hpp"
#include "tv/deadline_wait.hpp"

namespace wireproof::tv {
namespace {

constexpr nanoseconds kLate = std::chrono::milliseconds(1);
/// The first datagram too is waited for, so that it leaves as exactly as the others.
constexpr nanoseconds kLead = std::chrono::milliseconds(1);

}  // namespace

ClipFile::ClipFile(std::string path) : path_(std::move(path)), file_(::open(path_.c_str(), O_RDONLY | O_CLOEXEC)) {
  const std::string tried = fmt::format("read {}", printable(path_));
  if (!file_.is_open()) fail(tried, errno);
  struct stat status {};
  if (::fstat(file_.get(), &status) != 0) fail(tried, errno);
  if (S_ISDIR(status.st_mode)) fail(tried, EISDIR);
  if (!S_ISREG(status.st_mode)) throw Failure(tried + ": not a regular file");
  if (status.st_size == 0) throw Failure(tried + ": the file is empty");
  size_ = static_cast<std::uint64_t>(status.st_size);
}

void ClipFile::read(std::uint64_t offset, std::span<std::uint8_t> into) const {
  while (!into.empty()) {
    const ssize_t got = ::pread(file_.get(), into.data(), into.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(fmt::format("read {}", printable(path_)), errno);
    if (got == 0) throw Failure(fmt::format("read {}: the file has become shorter", printable(path_)));
    offset += static_cast<std::uint64_t>(got);
    into = into.subspan(static_cast<std::size_t>(got));
  }
}

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
