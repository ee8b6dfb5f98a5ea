#pragma once
// Tests that need many descriptors, or few.

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <functional>

namespace wireproof::testing {

/// Room for `count` descriptors in this process and those it starts; false when the system does not allow it.
inline bool room_for(rlim_t count) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_max < count) return false;
  limit.rlim_cur = std::max(limit.rlim_cur, count);
  return ::setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

/// For a server's process before it starts: takes all descriptors from 3 up to `first_free`.
inline std::function<void()> descriptors_taken_below(int first_free) {
  return [first_free] {
    for (int taken = ::open("/dev/null", O_RDONLY); taken >= 0 && taken < first_free - 1;) taken = ::dup(taken);
  };
}

}  // namespace wireproof::testing
