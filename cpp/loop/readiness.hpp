#pragma once
// Waiting until a descriptor can be read or written, without changing it.

#include <sys/epoll.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <cstdint>

namespace wireproof {

/// Asio makes what it waits for non-blocking, and with standard input or output everybody else who has the same
/// terminal or pipe. It is given an epoll instance instead, which holds the descriptor: a copy would be a second line
/// in lsof.
class Readiness {
 public:
  /// `events`: EPOLLIN, EPOLLOUT; 0 for the other side's end only (EPOLLERR, EPOLLHUP). The descriptor must stay open.
  Readiness(boost::asio::io_context& context, int descriptor, std::uint32_t events);

  /// Waits until some of the events are there, and gives them. A file, which epoll does not take, is always ready, when
  /// others had their turn.
  boost::asio::awaitable<std::uint32_t> wait();
  /// Whether that is a file.
  bool always() const { return always_; }

 private:
  boost::asio::posix::stream_descriptor instance_;
  std::uint32_t wanted_;
  bool always_;
};

}  // namespace wireproof
