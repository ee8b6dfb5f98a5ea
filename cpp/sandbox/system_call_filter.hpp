#pragma once
// The table of refused calls as a seccomp filter.

#include <seccomp.h>

#include <memory>
#include <vector>

#include "sandbox/refused_calls.hpp"

namespace wireproof::sandbox {

/// A filter that is ready to be loaded. Calls of another architecture than this program's kill.
class SystemCallFilter {
 public:
  /// Throws Failure.
  explicit SystemCallFilter(const std::vector<RefusalGroup>& groups);

  /// Puts this process under the filter, for good; it must have no_new_privs or CAP_SYS_ADMIN. Gives an errno value, 0
  /// when done.
  int load() const;

 private:
  struct Release {
    void operator()(void* context) const { ::seccomp_release(context); }
  };
  std::unique_ptr<void, Release> context_;
};

}  // namespace wireproof::sandbox
