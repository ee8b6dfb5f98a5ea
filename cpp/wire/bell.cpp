#include "wire/bell.hpp"

#include <sys/eventfd.h>

#include <cerrno>

#include "command_line/program.hpp"

namespace wireproof::wire {

Bell::Bell() : descriptor_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!descriptor_.is_open()) fail("open an event descriptor", errno);
}

void Bell::ring() {
  // Fails only when it was rung 2^64 times, and never read: it is an edge all the same.
  ::eventfd_write(descriptor_.get(), 1);
}

}  // namespace wireproof::wire
