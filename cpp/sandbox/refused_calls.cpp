#include "sandbox/refused_calls.hpp"

#include <linux/netlink.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdint>
#include <initializer_list>
#include <utility>

namespace wireproof::sandbox {
namespace {

// The kernel looks at the lower half of these arguments only: whatever stands above must not hide a value.
constexpr std::uint64_t lower_half = 0xffffffff;
constexpr std::uint64_t type_mask = 0xf;  // of a socket's type; SOCK_NONBLOCK and SOCK_CLOEXEC lie above
constexpr int open_tree_attr = 467;       // younger than libseccomp 2.5; the same number on every processor
constexpr int ioprio_who_process = 1;     // linux/ioprio.h has these since Linux 5.15 only
constexpr int ioprio_who_user = 3;
constexpr int ipv6_freebind = 78;  // linux/in6.h, which does not go together with netinet/in.h
constexpr int sandbox_init = 1;    // its process number, as the program sees it

scmp_arg_cmp equals(unsigned argument, std::uint64_t value, std::uint64_t mask = lower_half) {
  return {argument, SCMP_CMP_MASKED_EQ, mask, value};
}

scmp_arg_cmp at_least(unsigned argument, std::uint64_t value) { return {argument, SCMP_CMP_GE, value, 0}; }

std::vector<Refusal> always(int error, std::initializer_list<int> calls) {
  std::vector<Refusal> refusals;
  for (const int call : calls) refusals.push_back({call, error});
  return refusals;
}

// libseccomp knows no "none of these": what lies between and above the allowed families is refused.
std::vector<Refusal> other_families() {
  std::vector<Refusal> refusals;
  for (const int call : {SCMP_SYS(socket), SCMP_SYS(socketpair)}) {
    for (std::uint64_t family = 0; family <= AF_NETLINK; ++family) {
      if (family == AF_UNIX || family == AF_INET || family == AF_INET6 || family == AF_NETLINK) continue;
      refusals.push_back({call, EAFNOSUPPORT, {equals(0, family)}});
    }
    refusals.push_back({call, EAFNOSUPPORT, {at_least(0, AF_NETLINK + 1)}});
  }
  return refusals;
}

std::vector<Refusal> other_netlink_protocols() {
  std::vector<Refusal> refusals;
  const scmp_arg_cmp netlink = equals(0, AF_NETLINK);
  for (const std::uint64_t protocol : {1, 2, 3}) {
    refusals.push_back({SCMP_SYS(socket), EPROTONOSUPPORT, {netlink, equals(2, protocol)}});
  }
  static_assert(NETLINK_ROUTE == 0 && NETLINK_SOCK_DIAG == 4);
  refusals.push_back({SCMP_SYS(socket), EPROTONOSUPPORT, {netlink, at_least(2, NETLINK_SOCK_DIAG + 1)}});
  return refusals;
}

std::vector<Refusal> socket_type(std::initializer_list<int> families, int type) {
  std::vector<Refusal> refusals;
  for (const int family : families) {
    refusals.push_back(
        {SCMP_SYS(socket),
         EPERM,
         {equals(0, static_cast<std::uint64_t>(family)), equals(1, static_cast<std::uint64_t>(type), type_mask)}});
  }
  return refusals;
}

std::vector<Refusal> new_namespaces() {
  std::vector<Refusal> refusals = always(EPERM, {SCMP_SYS(setns), SCMP_SYS(unshare)});
  for (const std::uint64_t flag :
       {CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET}) {
    refusals.push_back({SCMP_SYS(clone), EPERM, {equals(0, flag, flag)}});
  }
  return refusals;
}

std::vector<Refusal> other_addresses() {
  std::vector<Refusal> refusals;
  for (const auto& [level, option] : {std::pair{IPPROTO_IP, IP_FREEBIND}, std::pair{IPPROTO_IPV6, ipv6_freebind}}) {
    refusals.push_back({SCMP_SYS(setsockopt),
                        EPERM,
                        {equals(1, static_cast<std::uint64_t>(level)), equals(2, static_cast<std::uint64_t>(option))}});
  }
  return refusals;
}

// For an ordinary user sandbox-init has the program's own id, which is all that these calls ask for.
std::vector<Refusal> changes_of_sandbox_init() {
  std::vector<Refusal> refusals;
  for (const int call : {SCMP_SYS(prlimit64), SCMP_SYS(sched_setaffinity), SCMP_SYS(sched_setattr),
                         SCMP_SYS(sched_setparam), SCMP_SYS(sched_setscheduler)}) {
    refusals.push_back({call, EPERM, {equals(0, sandbox_init)}});
  }
  refusals.push_back({SCMP_SYS(setpriority), EPERM, {equals(0, PRIO_PROCESS), equals(1, sandbox_init)}});
  refusals.push_back({SCMP_SYS(setpriority), EPERM, {equals(0, PRIO_USER)}});
  refusals.push_back({SCMP_SYS(ioprio_set), EPERM, {equals(0, ioprio_who_process), equals(1, sandbox_init)}});
  refusals.push_back({SCMP_SYS(ioprio_set), EPERM, {equals(0, ioprio_who_user)}});
  return refusals;
}

}  // namespace

std::vector<RefusalGroup> refused_calls(bool raw_sockets_granted) {
  std::vector<RefusalGroup> groups = {
      {"sockets of other families leave the host's network (AF_VSOCK, AF_PACKET) or reach parts of the kernel that no "
       "question needs (AF_ALG)",
       other_families()},
      {"netlink tells of interfaces, routes and sockets; its other protocols are for whoever runs a machine",
       other_netlink_protocols()},
      {"on AF_INET this type is another name for AF_PACKET", socket_type({AF_INET}, SOCK_PACKET)},
      {"an address that is not the host's own would be a neighbour's", other_addresses()},
      {"namespaces would give capabilities, other networks and other files", new_namespaces()},
      {"strace would not follow such a process",
       {{SCMP_SYS(clone), EPERM, {equals(0, CLONE_UNTRACED, CLONE_UNTRACED)}}}},
      {"its flags lie in memory where a filter cannot see them; the C library takes clone() instead",
       always(ENOSYS, {SCMP_SYS(clone3)})},
      {"what the program sees of files is for the sandbox to say",
       always(EPERM,
              {SCMP_SYS(mount), SCMP_SYS(umount2), SCMP_SYS(pivot_root), SCMP_SYS(move_mount), SCMP_SYS(open_tree),
               open_tree_attr, SCMP_SYS(fsopen), SCMP_SYS(fsconfig), SCMP_SYS(fsmount), SCMP_SYS(fspick),
               SCMP_SYS(mount_setattr), SCMP_SYS(chroot), SCMP_SYS(name_to_handle_at), SCMP_SYS(open_by_handle_at)})},
      {"reaching into other processes",
       always(EPERM, {SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev),
                      SCMP_SYS(process_madvise), SCMP_SYS(kcmp), SCMP_SYS(pidfd_getfd)})},
      {"sandbox-init, process 1, keeps its limits and its turn on the processor", changes_of_sandbox_init()},
      {"input put into a terminal would be typed by whoever uses it next",
       {{SCMP_SYS(ioctl), EPERM, {equals(1, TIOCSTI)}}, {SCMP_SYS(ioctl), EPERM, {equals(1, TIOCLINUX)}}}},
      {"its memory belongs to no process and is counted nowhere",
       always(ENOSYS, {SCMP_SYS(memfd_create), SCMP_SYS(memfd_secret), SCMP_SYS(shmget), SCMP_SYS(semget),
                       SCMP_SYS(msgget), SCMP_SYS(mq_open)})},
      {"it makes system calls that neither a filter nor strace sees",
       always(ENOSYS, {SCMP_SYS(io_uring_setup), SCMP_SYS(io_uring_enter), SCMP_SYS(io_uring_register)})},
      {"keys outlive the sandbox", always(ENOSYS, {SCMP_SYS(keyctl), SCMP_SYS(add_key), SCMP_SYS(request_key)})},
      {"parts of the kernel with a history of faults, for debuggers and tracers",
       always(EPERM, {SCMP_SYS(bpf), SCMP_SYS(userfaultfd), SCMP_SYS(perf_event_open)})},
      {"they change the machine",
       always(EPERM, {SCMP_SYS(init_module), SCMP_SYS(finit_module), SCMP_SYS(delete_module), SCMP_SYS(kexec_load),
                      SCMP_SYS(kexec_file_load), SCMP_SYS(reboot), SCMP_SYS(swapon), SCMP_SYS(swapoff), SCMP_SYS(acct),
                      SCMP_SYS(quotactl), SCMP_SYS(quotactl_fd), SCMP_SYS(settimeofday), SCMP_SYS(clock_settime),
                      SCMP_SYS(adjtimex), SCMP_SYS(clock_adjtime), SCMP_SYS(syslog)})},
  };
  if (!raw_sockets_granted) {
    groups.push_back({"raw sockets forge and overhear packets", socket_type({AF_INET, AF_INET6}, SOCK_RAW)});
  }
  return groups;
}

}  // namespace wireproof::sandbox
