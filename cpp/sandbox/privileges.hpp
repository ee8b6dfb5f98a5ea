#pragma once
// Who the program is and what it may: steps of its process before it becomes the program.

#include <sys/types.h>

#include <optional>

#include "sandbox/options.hpp"

namespace wireproof::sandbox {

inline constexpr uid_t program_id = 1000;  ///< user and group that the program sees itself as

/// A step that did not work: what was tried, an errno value. Light, because it happens between fork and exec.
struct FailedStep {
  const char* tried;
  int error;
};

/// Throws FailedStep, with errno, unless it is done.
void demand(bool done, const char* tried);

/// Gives up every capability but `kept` (CAP_…), in every set, and becomes that user and group. Throws FailedStep.
void become(uid_t user, gid_t group, std::optional<unsigned> kept);

/// The limits that the kernel enforces; never more than the caller's own. Throws FailedStep.
void limit(const Limits& limits);

/// Every signal as a program expects to find it: default action, not blocked.
void restore_signals();

}  // namespace wireproof::sandbox
