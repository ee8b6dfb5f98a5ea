#pragma once
// A tally that a server and the processes it forks count in together.

#include <sys/mman.h>

#include <cerrno>
#include <new>

#include "command_line/program.hpp"
#include "message/tally.hpp"

namespace wireproof::message {

class SharedTally {
 public:
  SharedTally() {
    void* const memory = ::mmap(nullptr, sizeof(Tally), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) fail("share memory with child processes", errno);
    tally_ = new (memory) Tally;
  }
  SharedTally(const SharedTally&) = delete;
  SharedTally& operator=(const SharedTally&) = delete;
  ~SharedTally() { ::munmap(tally_, sizeof(Tally)); }

  Tally& operator*() const { return *tally_; }

 private:
  Tally* tally_;
};

}  // namespace wireproof::message
