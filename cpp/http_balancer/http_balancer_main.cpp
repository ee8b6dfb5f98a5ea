// http-balancer: hands the requests of HTTP/1.1 clients to several servers (docs/http-balancer.md).

#include <optional>
#include <random>

#include "command_line/program.hpp"
#include "http_balancer/configuration_file.hpp"
#include "http_balancer/service.hpp"
#include "http_serving/serving_settings.hpp"

using namespace wireproof;
using namespace wireproof::http_balancer;

namespace {

struct Settings {
  http_serving::ServingSettings serving;
  std::string config = "config.ini";
  std::string log;
  std::string json;
};

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

ExitStatus serve(const Settings& settings) {
  const Configuration configuration = read_configuration(settings.config);
  const StopSignals stops;
  const Signals reloads({SIGHUP});
  // Each client may need a descriptor here and one at a node.
  const http_serving::ServingOptions options = http_serving::options_of(settings.serving, 2);
  Balancer balancer(configuration);
  Service* advanced = nullptr;
  Loop loop({[&] { return balancer.next_deadline(); },
             [&] {
               if (advanced != nullptr) advanced->advance();
             }});
  Deadlines deadlines(loop);
  std::optional<http_serving::LogFile> log;
  if (!settings.log.empty()) log.emplace(loop.context(), settings.log);
  // Each has a name of its own in Via: one balancer may stand before another.
  Service service(loop, deadlines, balancer, log ? &*log : nullptr,
                  fmt::format("balancer-{:08x}", std::random_device{}()));
  advanced = &service;
  http_serving::ConnectionServer server(loop, deadlines, stops, options, service);
  service.watch(server);
  loop.each_readable(reloads.descriptor(), [&] {
    reloads.take();
    read_again(settings.config, service);
  });
  say("listening on {} (tcp, http); {} nodes", name_of(server.address()), configuration.nodes.size());
  service.advance();
  server.run();
  if (log) log->flush();
  const Counters counters = service.counters();
  say("{} requests on {} connections, {} asked of a further node, {} answered by none, {} refused{}",
      counters.clients.requests, counters.clients.connections, counters.retried, counters.unanswered,
      counters.clients.refused,
      server.were_cut_off() > 0 ? fmt::format("; {} answers were cut off", server.were_cut_off()) : "");
  if (!settings.json.empty()) write_json(json_of(counters, balancer, loop.now()), settings.json);
  return log && log->failed() ? ExitStatus::failed : ExitStatus::ok;
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  const auto declare = [&](CommandLine& line) {
    line.option("--config", settings.config, "the file with a section [nodeN] for each server; SIGHUP has it read anew")
        .show_default();
    declare_where(line, settings.serving);
    line.option("--log", settings.log,
                "append a line for each answer, in the combined format with the node; - is standard output");
    declare_limits(line, settings.serving,
                   "a client may send or read nothing, take for a header, or be idle between requests");
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
