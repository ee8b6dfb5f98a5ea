// http-server: serves the files of a folder to browsers and other clients of HTTP/1.1 (docs/http.md).

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>

#include "command_line/program.hpp"
#include "http_server/folder_files.hpp"
#include "http_server/server.hpp"

using namespace wireproof;
using namespace wireproof::http_server;

namespace {

struct Settings {
  ServerOptions server;
  std::string root;
  bool follows = false;
  std::string not_found;
  std::string log;
  std::string json;
  double timeout = 30;
  double grace = 10;
};

std::string text_of_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file.is_open() || file.bad() || text.empty()) throw Failure("read " + path + ": it is no file with a page");
  return text;
}

ExitStatus serve(Settings& settings) {
  const Time patience = time_of(settings.timeout);
  settings.server.timeouts = {.idle = patience,
                              .head = patience,
                              .body = patience,
                              .write = patience,
                              .linger = std::min<Time>(patience, std::chrono::seconds(2))};
  settings.server.grace = time_of(settings.grace);
  const Pages pages(settings.not_found.empty() ? "" : text_of_file(settings.not_found));
  FolderFiles files(settings.root, settings.follows);
  const Site site(files, pages);
  const StopSignals signals;
  // Where there are fewer descriptors idle clients make room in time, and files can still be opened.
  const std::size_t descriptors = raise_descriptor_limit();
  const std::size_t suffices = descriptors - std::min<std::size_t>(descriptors / 2, 32 + descriptors / 8);
  settings.server.most_connections = std::min(settings.server.most_connections, suffices);
  Loop loop;
  std::optional<LogFile> log;
  if (!settings.log.empty()) log.emplace(loop.context(), settings.log);
  Server server(loop, signals, settings.server, site, log ? &*log : nullptr);
  say("listening on {} (tcp, http)", name_of(server.address()));
  server.run();
  const Counters& counters = server.counters();
  say("{} requests on {} connections answered, {} refused, {} clients too slow{}", counters.requests,
      counters.connections, counters.refused, counters.timed_out,
      server.were_cut_off() > 0 ? fmt::format("; {} answers were cut off", server.were_cut_off()) : "");
  if (!settings.json.empty()) write_json(json_of(counters), settings.json);
  return log && log->failed() ? ExitStatus::failed : ExitStatus::ok;
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  settings.server.where = {.port = 8080, .address = {}, .backlog = 1024};
  const auto declare = [&](CommandLine& line) {
    line.option("--root", settings.root, "the folder whose files are served").required();
    line.option("--host", settings.server.where.address, "listen on this address only (default: all, IPv4 and IPv6)");
    line.option("--port", settings.server.where.port, "TCP port to listen on; 0 lets the kernel choose one")
        .show_default();
    line.flag("--follow", settings.follows,
              "follow symbolic links, even out of the folder (default: they are not there)");
    line.option("--not-found", settings.not_found,
                "an HTML file that is the page of status 404; {{target}} in it stands for what was asked for");
    line.option("--log", settings.log, "append a line for each answer, in the combined format; - is standard output");
    line.option("--timeout", settings.timeout,
                "seconds that a client may send or read nothing, take for a header, or be idle between requests")
        .between(0.1, 86400.0)
        .show_default();
    line.option("--max-connections", settings.server.most_connections,
                "at once; then idle ones are closed, and others wait in the backlog")
        .between(std::size_t{1}, std::size_t{1'000'000})
        .show_default();
    line.option("--grace", settings.grace, "seconds that running answers have after SIGINT or SIGTERM")
        .between(0.0, 86400.0)
        .show_default();
    line.option("--json", settings.json, "at the end, write what was counted to this file, - for standard output");
  };
  return run_program(argc, argv,
                     {"http-server", "Serves the files of a folder over HTTP/1.1.",
                      "  http-server --root site                           on port 8080, all addresses\n"
                      "  http-server --root site --host ::1 --port 0       on one address; it tells which port\n"
                      "  http-server --root site --log access.log          with a line for each answer\n"
                      "  http-server --root site --not-found lost.html     with a page of one's own for 404"},
                     declare, [&] { return serve(settings); });
}
