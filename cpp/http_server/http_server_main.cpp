// http-server: serves the files of a folder to browsers and other clients of HTTP/1.1 (docs/http.md).

#include <fstream>
#include <iterator>
#include <optional>

#include "command_line/program.hpp"
#include "http_server/folder_files.hpp"
#include "http_server/server.hpp"
#include "http_serving/serving_settings.hpp"

using namespace wireproof;
using namespace wireproof::http_server;

namespace {

/// Bytes; nobody wants a body here.
constexpr std::uint64_t kGreatestBody = 1024 * 1024;

struct Settings {
  http_serving::ServingSettings serving;
  std::string root;
  bool follows = false;
  std::string not_found;
  std::string log;
  std::string json;
};

std::string text_of_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file.is_open() || file.bad() || text.empty()) throw Failure("read " + path + ": it is no file with a page");
  return text;
}

ExitStatus serve(const Settings& settings) {
  const Pages pages(settings.not_found.empty() ? "" : text_of_file(settings.not_found));
  FolderFiles files(settings.root, settings.follows);
  const Site site(files, pages);
  const StopSignals signals;
  // Beside each client's descriptor a file may be open.
  http_serving::ServingOptions options = http_serving::options_of(settings.serving, 1);
  options.limits.body = kGreatestBody;
  Loop loop;
  std::optional<http_serving::LogFile> log;
  if (!settings.log.empty()) log.emplace(loop.context(), settings.log);
  Server server(loop, signals, options, site, log ? &*log : nullptr);
  say("listening on {} (tcp, http)", name_of(server.address()));
  server.run();
  const Counters counters = server.counters();
  say("{} requests on {} connections answered, {} refused, {} clients too slow{}", counters.connections.requests,
      counters.connections.connections, counters.connections.refused, counters.connections.timed_out,
      server.were_cut_off() > 0 ? fmt::format("; {} answers were cut off", server.were_cut_off()) : "");
  if (!settings.json.empty()) write_json(json_of(counters), settings.json);
  return log && log->failed() ? ExitStatus::failed : ExitStatus::ok;
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  const auto declare = [&](CommandLine& line) {
    line.option("--root", settings.root, "the folder whose files are served").required();
    declare_where(line, settings.serving);
    line.flag("--follow", settings.follows,
              "follow symbolic links, even out of the folder (default: they are not there)");
    line.option("--not-found", settings.not_found,
                "an HTML file that is the page of status 404; {{target}} in it stands for what was asked for");
    line.option("--log", settings.log, "append a line for each answer, in the combined format; - is standard output");
    declare_limits(line, settings.serving,
                   "a client may send or read nothing, take for a header, or be idle between requests");
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
