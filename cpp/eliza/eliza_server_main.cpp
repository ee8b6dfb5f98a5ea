// eliza-server: a patient listener for each TCP client, in a process of its own.

#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <iterator>

#include "base/writing.hpp"
#include "command_line/program.hpp"
#include "eliza/doctor.hpp"
#include "eliza/eliza_session.hpp"
#include "net/asio_address.hpp"
#include "net/listener.hpp"
#include "serving/fork_server.hpp"

using namespace wireproof;

namespace {

eliza::Script load_script(const std::string& file) {
  if (file.empty()) return eliza::parse_script(eliza::kDoctorScript);
  std::ifstream stream(file);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  if (!stream) fail(fmt::format("read {}", printable(file)), errno);
  try {
    return eliza::parse_script(text);
  } catch (const eliza::ScriptError& error) {
    throw Failure(fmt::format("{}: {}", printable(file), error.what()));
  }
}

/// The same conversation on standard input and output.
void talk_on_console(Session& session) {
  std::array<char, 4096> chunk;
  std::string answer = session.opening();
  while (!session.finished()) {
    write_output(answer);
    const ssize_t length = ::read(STDIN_FILENO, chunk.data(), chunk.size());
    if (length < 0) fail("read standard input", errno);
    if (length == 0) break;
    answer.clear();
    session.receive({chunk.data(), static_cast<std::size_t>(length)}, answer);
  }
  write_output(session.finished() ? answer : session.closing());
}

}  // namespace

int main(int argc, char** argv) {
  ListenOptions where;
  ForkOptions limits;
  std::string script_file;
  std::uint64_t seed = 0;
  std::size_t longest_line = 1024;
  bool on_console = false;
  Option port;

  const auto declare = [&](CommandLine& line) {
    port = line.option("PORT", where.port, "TCP port to listen on; 0 lets the kernel choose one");
    line.option("--address", where.address, "listen on this address only (default: all, IPv4 and IPv6)");
    line.option("--script", script_file, "speak by this script (default: the one built in)");
    line.option("--seed", seed, "which answer of each rule comes first; 0: the first in the script").show_default();
    line.option("--max-line", longest_line, "longest line in bytes; the rest of a longer one is not read")
        .between(16, 65536)
        .show_default();
    line.option("--max-clients", limits.max_clients, "clients at once, the others wait in the backlog")
        .between(1, 1000000)
        .show_default();
    declare_idle_timeout(line, limits.conversation);
    line.flag("--console", on_console, "talk on standard input and output, without network").excludes(port);
  };
  const auto serve = [&] {
    if (!on_console && !port.given()) throw UsageError("PORT is required");
    const eliza::Script script = load_script(script_file);
    const auto make_session = [&] { return std::make_unique<ElizaSession>(script, seed, longest_line); };
    if (on_console) {
      talk_on_console(*make_session());
      return ExitStatus::ok;
    }
    asio::io_context context;
    tcp::acceptor listener = open_listener(context, where);
    ForkServer server(context, listener, make_session, limits);
    say("listening on {} (tcp, fork)", name_of(address_of(listener.local_endpoint())));
    server.run();
    return server.failed() ? ExitStatus::failed : ExitStatus::ok;
  };
  return run_program(argc, argv,
                     {"eliza-server", "Listens to each TCP client, and asks back.",
                      "  eliza-server 1234                        then: nc 127.0.0.1 1234\n"
                      "  eliza-server 1234 --script mine.script   speak by your own rules\n"
                      "  eliza-server 1234 --idle-timeout 600     nobody may be silent for longer than ten minutes\n"
                      "  eliza-server --console                   try a script without network"},
                     declare, serve);
}
