// Who the program is, seen from inside and from outside, and what it may.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "running_sandbox.hpp"

namespace wireproof::sandbox::testing {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* nothing = "0000000000000000";
constexpr const char* raw_only = "0000000000002000";

// Runs `text` in Python to its end; what it printed.
std::string printed(const std::string& text, const Arrangement& setup = {}) {
  RunningSandbox sandbox(python(text), setup);
  sandbox.start();
  const std::string output = sandbox.output();
  const std::string errors = sandbox.errors();
  EXPECT_EQ(sandbox.ended(), 0) << output << errors;
  return output + errors;
}

std::string who(pid_t process, const std::string& kind) {
  const std::string ids = status_field(process, kind);
  return ids.substr(0, ids.find('\t'));
}

TEST(Privileges, ThereAreNone) {
  RunningSandbox sandbox({"sleep", "1000"});
  sandbox.start();
  for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"}) {
    EXPECT_EQ(status_field(sandbox.program(), set), nothing) << set;
  }
  EXPECT_EQ(status_field(sandbox.program(), "NoNewPrivs"), "1");
  EXPECT_EQ(status_field(sandbox.program(), "Seccomp"), "2");
  EXPECT_EQ(status_field(sandbox.program(), "SigBlk"), nothing);
  EXPECT_EQ(status_field(sandbox.program(), "SigIgn"), nothing);
  EXPECT_EQ(status_field(sandbox.program(), "SigCgt"), nothing);
}

TEST(Privileges, TheMachineSeesAnOrdinaryUser) {
  for (const std::vector<std::string>& options : {std::vector<std::string>{}, {"--raw-sockets"}}) {
    RunningSandbox sandbox({"sleep", "1000"}, {options});
    sandbox.start();
    const std::string user = ::geteuid() == 0 ? "65534" : std::to_string(::geteuid());
    const std::string group = ::geteuid() == 0 ? "65534" : std::to_string(::getegid());
    EXPECT_EQ(who(sandbox.program(), "Uid"), user);
    EXPECT_EQ(who(sandbox.program(), "Gid"), group);
    if (::geteuid() == 0) {
      EXPECT_THAT(status_field(sandbox.program(), "Groups"), ::testing::AnyOf("", " "));
    }
  }
}

TEST(Privileges, TheProgramSeesItselfAsAnOrdinaryUser) {
  EXPECT_EQ(printed("import os; print(os.getresuid(), os.getresgid(), os.getpid() == os.getsid(0) == os.getpgid(0))"),
            "(1000, 1000, 1000) (1000, 1000, 1000) True\n");
}

TEST(Privileges, LimitsAreAsAsked) {
  const std::string text =
      "from resource import *\n"
      "for limit in RLIMIT_NPROC, RLIMIT_DATA, RLIMIT_NOFILE, RLIMIT_CPU, RLIMIT_CORE: print(getrlimit(limit))";
  EXPECT_EQ(printed(text), "(256, 256)\n(2684354560, 2684354560)\n(256, 256)\n(-1, -1)\n(0, 0)\n");
  Arrangement setup;
  setup.options = {"--processes", "20", "--data", "100000000", "--descriptors", "30", "--processor-seconds", "7"};
  EXPECT_EQ(printed(text, setup), "(20, 20)\n(100000000, 100000000)\n(30, 30)\n(7, 8)\n(0, 0)\n");
}

TEST(Privileges, SandboxInitIsOutOfReach) {
  const std::string text =
      "import os, resource, signal\n"
      "def attempt(what, *words):\n"
      "  try: return repr(what(*words))\n"
      "  except OSError as error: return os.strerror(error.errno)\n"
      "print(attempt(open, '/proc/1/environ'))\n"
      "print(attempt(open, '/proc/1/oom_score_adj', 'w'))\n"
      "print(attempt(open, '/proc/self/oom_score_adj', 'w'))\n"
      "print(attempt(open, '/proc/sys/net/ipv4/ip_forward', 'w'))\n"
      "print(attempt(resource.prlimit, 1, resource.RLIMIT_CPU, (0, 0)))\n"
      "print(attempt(os.setpriority, os.PRIO_PROCESS, 1, 19), attempt(os.setpriority, os.PRIO_USER, 0, 19))\n"
      "print(attempt(os.sched_setaffinity, 1, {0}))\n"
      "for number in signal.valid_signals(): attempt(os.kill, 1, number)\n";
  EXPECT_EQ(printed(text),
            "Permission denied\nRead-only file system\nRead-only file system\nRead-only file system\n"
            "Operation not permitted\nOperation not permitted Operation not permitted\nOperation not permitted\n");
}

TEST(Privileges, RawSocketsAreAllThatTheOptionGrants) {
  Arrangement setup;
  setup.options = {"--raw-sockets"};
  {
    RunningSandbox sandbox({"sleep", "1000"}, setup);
    sandbox.start();
    for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"}) {
      EXPECT_EQ(status_field(sandbox.program(), set), raw_only) << set;
    }
    EXPECT_EQ(status_field(sandbox.program(), "NoNewPrivs"), "1");
    EXPECT_EQ(status_field(sandbox.program(), "Seccomp"), "2");
  }
  EXPECT_EQ(printed("import os\nfrom socket import *\n"
                    "def attempt(what, *words):\n"
                    "  try: what(*words); return 'yes'\n"
                    "  except OSError as error: return os.strerror(error.errno)\n"
                    "print(attempt(socket, AF_INET, SOCK_RAW, IPPROTO_ICMP), attempt(socket, AF_INET6, SOCK_RAW, 58))\n"
                    "print(attempt(socket, AF_PACKET, SOCK_RAW), attempt(socket, AF_INET, 10, 3))\n"
                    "print(attempt(sethostname, 'x'), attempt(os.chroot, '/'))\n"
                    "print(attempt(open, '/proc/1/environ'), attempt(open, '/proc/sys/net/ipv4/ip_forward', 'w'))\n",
                    setup),
            "yes yes\nAddress family not supported by protocol Operation not permitted\n"
            "Operation not permitted Operation not permitted\nPermission denied Read-only file system\n");
}

TEST(Privileges, PingWorksWithRawSockets) {
  RunningSandbox sandbox({"ping", "-c", "1", "127.0.0.1"}, {{"--raw-sockets"}});
  sandbox.start();
  EXPECT_EQ(sandbox.ended(), 0);
  EXPECT_THAT(sandbox.output(), HasSubstr("1 received"));
}

TEST(Privileges, TheHostsNetworkIsOpen) {
  EXPECT_EQ(printed("from socket import *\nimport struct\n"
                    "server = socket(AF_INET, SOCK_STREAM); server.bind(('', 7)); server.listen()\n"
                    "client = create_connection(('127.0.0.1', 7)); client.sendall(b'tcp')\n"
                    "print(server.accept()[0].recv(9))\n"
                    "group = inet_aton('239.1.2.3') + inet_aton('127.0.0.1')\n"
                    "member = socket(AF_INET, SOCK_DGRAM); member.bind(('239.1.2.3', 5000))\n"
                    "member.setsockopt(IPPROTO_IP, IP_ADD_MEMBERSHIP, group)\n"
                    "sender = socket(AF_INET, SOCK_DGRAM)\n"
                    "sender.setsockopt(IPPROTO_IP, IP_MULTICAST_IF, inet_aton('127.0.0.1'))\n"
                    "sender.sendto(b'multicast', ('239.1.2.3', 5000)); print(member.recv(9))\n"
                    "sender.setsockopt(SOL_SOCKET, SO_BROADCAST, 1)\n"
                    "socket(AF_INET6, SOCK_STREAM).bind(('::1', 7)); print(if_nameindex()[0][1])\n"),
            "b'tcp'\nb'multicast'\nlo\n");
}

TEST(Privileges, ToolsThatLookAtTheNetworkWork) {
  RunningSandbox sandbox(shell("ip -o link show lo && ss -tln && cat /proc/net/dev"));
  sandbox.start();
  EXPECT_EQ(sandbox.ended(), 0) << sandbox.errors();
}

}  // namespace
}  // namespace wireproof::sandbox::testing
