#include "wire/answer_stream.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>

namespace wireproof::wire {

void AnswerStream::add(std::string_view line) {
  if (error_ != 0 || kept_.size() + line.size() + 1 > kMostBytes) {
    ++lost_;
    return;
  }
  kept_ += line;
  kept_ += '\n';
  flush();
}

/// What is ready takes PIPE_BUF bytes without waiting (pipe(7)), and perhaps no more.
void AnswerStream::flush() {
  while (waits() && has_room()) {
    const ssize_t written = ::write(descriptor_, kept_.data(), std::min<std::size_t>(kept_.size(), PIPE_BUF));
    if (written >= 0) {
      kept_.erase(0, static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      return;
    } else if (errno != EINTR) {
      error_ = errno;
      lost_ += static_cast<std::uint64_t>(std::count(kept_.begin(), kept_.end(), '\n'));
      kept_.clear();
    }
  }
}

/// An error counts as room: writing tells it.
bool AnswerStream::has_room() const {
  pollfd ready{descriptor_, POLLOUT, 0};
  return ::poll(&ready, 1, 0) > 0;
}

}  // namespace wireproof::wire
