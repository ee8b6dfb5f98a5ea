// http-balancer: hands the requests of HTTP/1.1 clients to several servers (docs/http-balancer.md).

#include <algorithm>
#include <optional>
#include <random>

#include "command_line/program.hpp"
#include "http_balancer/configuration_file.hpp"
#include "http_balancer/service.hpp"
#include "http_forwarding/front.hpp"

using namespace wireproof;
using namespace wireproof::http_balancer;

namespace {

struct Settings {
  http_forwarding::FrontOptions clients;
  std::string config = "config.ini";
  std::string log;
  std::string json;
  double timeout = 30;
  double grace = 10;
};

void use_timeout(Settings& settings) {
  const Time patience = time_of(settings.timeout);
  settings.clients.timeouts = {.idle = patience,
                               .head = patience,
                               .body = patience,
                               .write = patience,
                               .linger = std::min<Time>(patience, std::chrono::seconds(2))};
  settings.clients.grace = time_of(settings.grace);
}

/// Each client may need a descriptor here and one at a node.
void keep_within_descriptors(Settings& settings) {
  const std::size_t descriptors = raise_descriptor_limit();
  const std::size_t suffices = (descriptors - std::min<std::size_t>(descriptors / 2, 64 + descriptors / 8)) / 2;
  settings.clients.most_connections = std::min(settings.clients.most_connections, std::max<std::size_t>(suffices, 1));
}

/// What is wrong is told, and the old one stays.
void read_again(const std::string& path, Service& service) {
  try {
    const Configuration configuration = read_configuration(path);
    service.reload(configuration);
    say("SIGHUP: {} is read anew; {} nodes", path, configuration.nodes.size());
  } catch (const Failure& failure) {
    service.count_bad_reload();
    say("SIGHUP: {}; the configuration stays as it was", failure.what());
  }
}

ExitStatus serve(Settings& settings) {
  use_timeout(settings);
  const Configuration configuration = read_configuration(settings.config);
  const StopSignals stops;
  const Signals reloads({SIGHUP});
  keep_within_descriptors(settings);
  Balancer balancer(configuration);
  Service* advanced = nullptr;
  Loop loop({[&] { return balancer.next_deadline(); },
             [&] {
               if (advanced != nullptr) advanced->advance();
             }});
  Deadlines deadlines(loop);
  std::optional<http_server::LogFile> log;
  if (!settings.log.empty()) log.emplace(loop.context(), settings.log);
  // Each has a name of its own in Via: one balancer may stand before another.
  Service service(loop, deadlines, balancer, log ? &*log : nullptr,
                  fmt::format("balancer-{:08x}", std::random_device{}()));
  advanced = &service;
  http_forwarding::Front front(loop, deadlines, stops, settings.clients, service);
  service.watch(front);
  loop.each_readable(reloads.descriptor(), [&] {
    reloads.take();
    read_again(settings.config, service);
  });
  say("listening on {} (tcp, http); {} nodes", name_of(front.address()), configuration.nodes.size());
  service.advance();
  front.run();
  if (log) log->flush();
  const Counters counters = service.counters();
  say("{} requests on {} connections, {} asked of a further node, {} answered by none, {} refused{}",
      counters.front.requests, counters.front.connections, counters.retried, counters.unanswered,
      counters.front.refused,
      front.were_cut_off() > 0 ? fmt::format("; {} answers were cut off", front.were_cut_off()) : "");
  if (!settings.json.empty()) write_json(json_of(counters, balancer, loop.now()), settings.json);
  return log && log->failed() ? ExitStatus::failed : ExitStatus::ok;
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  settings.clients.where = {.port = 8080, .address = {}, .backlog = 1024};
  const auto declare = [&](CommandLine& line) {
    line.option("--config", settings.config, "the file with a section [nodeN] for each server; SIGHUP has it read anew")
        .show_default();
    line.option("--host", settings.clients.where.address, "listen on this address only (default: all, IPv4 and IPv6)");
    line.option("--port", settings.clients.where.port, "TCP port to listen on; 0 lets the kernel choose one")
        .show_default();
    line.option("--log", settings.log,
                "append a line for each answer, in the combined format with the node; - is standard output");
    line.option("--timeout", settings.timeout,
                "seconds that a client may send or read nothing, take for a header, or be idle between requests")
        .between(0.1, 86400.0)
        .show_default();
    line.option("--max-connections", settings.clients.most_connections,
                "of clients at once; then idle ones are closed, and others wait in the backlog")
        .between(std::size_t{1}, std::size_t{1'000'000})
        .show_default();
    line.option("--grace", settings.grace, "seconds that running answers have after SIGINT or SIGTERM")
        .between(0.0, 86400.0)
        .show_default();
    line.option("--json", settings.json, "at the end, write what was counted to this file, - for standard output");
  };
  return run_program(argc, argv,
                     {"http-balancer", "Hands HTTP/1.1 requests to several servers, and goes round those that fail.",
                      "  http-balancer                                  the nodes of ./config.ini, on port 8080\n"
                      "  http-balancer --config web.ini --port 80       of another file, on another port\n"
                      "  http-balancer --host ::1 --port 0              on one address; it tells which port\n"
                      "  kill -HUP PID                                  after a change of the file"},
                     declare, [&] { return serve(settings); });
}
