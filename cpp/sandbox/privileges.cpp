#include "sandbox/privileges.hpp"

#include <linux/capability.h>
#include <linux/securebits.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

namespace wireproof::sandbox {

void demand(bool done, const char* tried) {
  if (!done) throw FailedStep{tried, errno};
}

namespace {

// Gains of capabilities by user 0, or by changing from user 0, are switched off for good.
constexpr unsigned long no_special_root =
    SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP | SECBIT_NO_SETUID_FIXUP_LOCKED;

void drop_bounding_set(std::optional<unsigned> kept) {
  for (unsigned long capability = 0; ::prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; ++capability) {
    if (kept && capability == *kept) continue;
    demand(::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0, "drop a capability from the bounding set");
  }
}

void set_capabilities(std::optional<unsigned> kept) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
  if (kept) {
    auto& half = sets.at(CAP_TO_INDEX(*kept));
    half.effective = half.permitted = half.inheritable = CAP_TO_MASK(*kept);
  }
  demand(::syscall(SYS_capset, &header, sets.data()) == 0, "drop capabilities");
}

void set_limit(__rlimit_resource resource, std::uint64_t soft, std::uint64_t hard, const char* tried) {
  rlimit current{};
  demand(::getrlimit(resource, &current) == 0, tried);
  const rlimit wanted{std::min<rlim_t>(soft, current.rlim_max), std::min<rlim_t>(hard, current.rlim_max)};
  demand(::setrlimit(resource, &wanted) == 0, tried);
}

}  // namespace

void become(uid_t user, gid_t group, std::optional<unsigned> kept) {
  demand(::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) == 0, "clear the ambient capabilities");
  drop_bounding_set(kept);
  demand(::prctl(PR_SET_SECUREBITS, no_special_root, 0, 0, 0) == 0, "set securebits");
  demand(::setresgid(group, group, group) == 0, "become the program's group");
  demand(::setresuid(user, user, user) == 0, "become the program's user");
  set_capabilities(kept);
  if (kept) {
    demand(::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, static_cast<unsigned long>(*kept), 0, 0) == 0,
           "keep a capability");
  }
  demand(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "set no_new_privs");
}

void limit(const Limits& limits) {
  set_limit(RLIMIT_CORE, 0, 0, "limit core files");
  if (limits.processes > 0) {
    set_limit(RLIMIT_NPROC, limits.processes, limits.processes, "limit processes");
  }
  if (limits.descriptors > 0) {
    set_limit(RLIMIT_NOFILE, limits.descriptors, limits.descriptors, "limit descriptors");
  }
  if (limits.processor_seconds > 0) {
    // A second between SIGXCPU, by which the program's status tells what happened, and SIGKILL.
    set_limit(RLIMIT_CPU, limits.processor_seconds, limits.processor_seconds + 1, "limit processor time");
  }
  // Last: under a sanitizer this process is larger than what the program may use.
  if (limits.data > 0) set_limit(RLIMIT_DATA, limits.data, limits.data, "limit data");
}

void restore_signals() {
  struct sigaction standard {};
  standard.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number) ::sigaction(number, &standard, nullptr);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

}  // namespace wireproof::sandbox
