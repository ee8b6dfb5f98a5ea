// mcast-node: one member of an application-level multicast tree.

#include <random>

#include "command_line/program.hpp"
#include "hmtp/node_program.hpp"
#include "hmtp/status.hpp"
#include "hmtp/status_socket.hpp"
#include "loop/clock.hpp"

namespace {

using namespace wireproof;
using namespace wireproof::hmtp;

/// The command line, in its own units.
struct Arguments {
  NodeSettings settings;
  double refresh = 120;
  double child_lifetime = 180;
  double root_cache = 60;
  double answer_timeout = 1;
  double refresh_repeat = 0;
  double rest = 2;
  double resend = 2;
  double resend_for = 300;
  std::string extensions = "on";
  std::string output = "lines";
  bool status = false;
  bool json = false;
  std::string socket;
};

void declare_timers(CommandLine& line, Arguments& arguments) {
  const auto timer = [&](const std::string& name, double& value, const std::string& meaning) {
    line.option(name, value, meaning).between(0.001, 1e6).show_default().under("Timers, in seconds");
  };
  timer("--refresh", arguments.refresh, "between two RJOI to the parent, or two RREG of the root");
  timer("--child-lifetime", arguments.child_lifetime, "a child stays after its last RJOI");
  timer("--root-cache", arguments.root_cache, "the root's address is used for messages");
  timer("--answer-timeout", arguments.answer_timeout, "until an unanswered request is repeated");
  line.option("--refresh-repeat", arguments.refresh_repeat,
              "until an unanswered refresh is repeated (default: --answer-timeout with extensions, else --refresh)")
      .between(0.001, 1e6)
      .under("Timers, in seconds");
  timer("--rest", arguments.rest, "between two attempts to find a place, give or take half");
  timer("--resend", arguments.resend, "extension: until a message that did not come back is sent again");
  timer("--resend-for", arguments.resend_for, "extension: until that is given up");
}

void declare_options(CommandLine& line, Arguments& arguments) {
  NodeSettings& settings = arguments.settings;
  line.option("--rdv-point", settings.rendezvous, "the rendezvous point: ADDRESS, ADDRESS:PORT or [ADDRESS]:PORT");
  line.option("--port", settings.port, "UDP port of the tree; 0 lets the kernel choose one").show_default();
  line.option("--data-port", settings.data_port, "UDP port for messages of programs on this host").show_default();
  line.option("--address", settings.address, "listen on this address only (default: all, IPv4 and IPv6)");
  line.option("--interface", settings.interface, "interface of link-local IPv6 addresses");
  line.option("--children-max", settings.node.children_max, "most children")
      .between(0U, static_cast<unsigned>(EndpointList::kLimit))
      .show_default();
  line.option("--tries", settings.node.tries, "unanswered requests in a row until the peer counts as unreachable")
      .between(1, 1000)
      .show_default();
  line.option("--extensions", arguments.extensions, "off: the sheet's protocol and nothing else")
      .one_of({"on", "off"})
      .show_default();
  line.option("--history", settings.node.history_messages, "extension: messages kept for children that missed them")
      .between(0, 10000)
      .show_default();
  line.option("--output", arguments.output,
              "lines: each message a line, nothing that moves a terminal; raw: its bytes only; json: an object a line")
      .one_of({"lines", "raw", "json"})
      .show_default();
  line.option("--seed", settings.seed, "of random choices (default: another one each time)");
  line.option("--status-socket", settings.status_socket,
              "where the status can be asked for, 'none' for nowhere (default: a socket in $XDG_RUNTIME_DIR)");
  line.option("--counters", settings.counters, "at the end, write the status to this file, - for standard output");
  line.flag("--quiet", settings.quiet, "do not tell of parents and children on standard error");
  const Option status = line.flag(
      "--status", arguments.status,
      "ask a running node for parent, children, root and counters; it is found by SOCKET, or by --address and --port");
  line.flag("--json", arguments.json, "with --status: as JSON").needs(status);
  line.option("SOCKET", arguments.socket, "with --status: the node's status socket").needs(status);
  declare_timers(line, arguments);
}

ExitStatus show_status(const Arguments& arguments) {
  const std::string path = arguments.socket.empty()
                               ? default_status_path(arguments.settings.address, arguments.settings.port)
                               : arguments.socket;
  const std::string answer = ask_status(path);
  const std::string text = arguments.json ? answer : status_text(answer);
  print_line(std::string_view(text).substr(0, text.size() - 1));
  return ExitStatus::ok;
}

ExitStatus run_node(Arguments& arguments) {
  NodeSettings& settings = arguments.settings;
  if (settings.rendezvous.empty()) throw UsageError("--rdv-point is missing");
  NodeOptions& node = settings.node;
  node.extensions = arguments.extensions == "on";
  node.refresh = time_of(arguments.refresh);
  node.child_lifetime = time_of(arguments.child_lifetime);
  node.root_cache = time_of(arguments.root_cache);
  node.answer_timeout = time_of(arguments.answer_timeout);
  if (arguments.refresh_repeat > 0) node.refresh_repeat = time_of(arguments.refresh_repeat);
  node.rest = time_of(arguments.rest);
  node.resend = time_of(arguments.resend);
  node.resend_for = time_of(arguments.resend_for);
  settings.output = arguments.output == "raw" ? Output::raw : arguments.output == "json" ? Output::json : Output::lines;
  if (!settings.seed) {
    std::random_device entropy;
    settings.seed = static_cast<std::uint64_t>(entropy()) << 32 | entropy();
  }
  return NodeProgram(settings).run();
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  return run_program(
      argc, argv,
      {"mcast-node", "A member of an application-level multicast tree: prints the group's messages, copies them.",
       "  mcast-node --rdv-point 10.0.0.9              ports 10000 and 10001\n"
       "  echo hello | nc -u -q0 127.0.0.1 10001       a message to the group, from the same host\n"
       "  mcast-node --status                          of the node on this host\n"
       "  mcast-node --rdv-point h9 --refresh 4 --child-lifetime 6 --root-cache 2   scaled timers"},
      [&](CommandLine& line) { declare_options(line, arguments); },
      [&] { return arguments.status ? show_status(arguments) : run_node(arguments); });
}
