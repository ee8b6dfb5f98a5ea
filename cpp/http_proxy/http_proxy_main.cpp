// http-proxy: a caching proxy of HTTP/1.1, forward or reverse (docs/http-proxy.md).

#include <stdlib.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <optional>
#include <random>
#include <system_error>

#include "bytes/decimal.hpp"
#include "command_line/program.hpp"
#include "command_line/size.hpp"
#include "http/fields.hpp"
#include "http_proxy/proxy.hpp"
#include "http_serving/serving_settings.hpp"

using namespace wireproof;
using namespace wireproof::http_proxy;

namespace {

struct Settings {
  http_serving::ServingSettings serving;
  ProxyOptions proxy;
  std::string cache;
  std::string size = "256M";
  std::string origin;
  std::string connect_ports = "443";
  std::string most_body = "1G";
  std::string forwarded;
  std::string log;
  std::string json;
  double connect_timeout = 5;
  double tunnel_timeout = 600;
  double stale_if_error = 0;
};

/// A folder for as long as the program runs.
class PrivateFolder {
 public:
  PrivateFolder() {
    std::error_code error;
    std::string name = (std::filesystem::temp_directory_path(error) / "http-proxy-XXXXXX").string();
    if (error || ::mkdtemp(name.data()) == nullptr) fail("make a folder for what is kept: " + name, errno);
    path_ = name;
  }
  PrivateFolder(const PrivateFolder&) = delete;
  PrivateFolder& operator=(const PrivateFolder&) = delete;
  ~PrivateFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::set<std::uint16_t> parse_ports(std::string_view text) {
  std::set<std::uint16_t> ports;
  while (const auto member = http::take_member(text)) {
    const auto port = parse_decimal(*member, 65535);
    if (!port || *port == 0) {
      throw UsageError(fmt::format("--connect-ports: '{}' is no port", printable(*member)));
    }
    ports.insert(static_cast<std::uint16_t>(*port));
  }
  return ports;
}

Authority parse_origin(const std::string& text) {
  auto origin = http_forwarding::parse_authority(text, 80);
  if (const auto* const refusal = std::get_if<http::Refusal>(&origin)) {
    throw UsageError(fmt::format("--origin '{}': {}; HOST:PORT is wanted", printable(text), refusal->reason));
  }
  return std::get<Authority>(origin);
}

http_forwarding::ForwardedRule parse_rule(const Settings& settings) {
  using enum http_forwarding::ForwardedRule;
  if (settings.forwarded.empty()) return settings.origin.empty() ? keep : replace;
  return settings.forwarded == "keep" ? keep : settings.forwarded == "append" ? append : replace;
}

void complete(Settings& settings) {
  const Time patience = time_of(settings.serving.timeout);
  ProxyOptions& proxy = settings.proxy;
  settings.serving.options.timeouts.silence = patience;
  // An origin may send as slowly as it likes, as long as it sends something.
  proxy.upstream.timeouts = {
      .idle = patience, .head = patience, .body = kNever, .silence = patience, .write = patience};
  proxy.upstream.connect = time_of(settings.connect_timeout);
  proxy.tunnel_idle = time_of(settings.tunnel_timeout);
  proxy.most_body = parse_size(settings.most_body);
  proxy.routes.connect_ports = parse_ports(settings.connect_ports);
  if (!settings.origin.empty()) proxy.routes.origin = parse_origin(settings.origin);
  proxy.policy.reads_targeted = proxy.routes.origin.has_value();
  proxy.policy.stale_if_error = http_cache::Seconds(static_cast<std::int64_t>(settings.stale_if_error));
  proxy.hop.forwarded = parse_rule(settings);
  if (proxy.hop.pseudonym.empty()) {
    // Two of them in a row are no loop.
    std::random_device chance;
    proxy.hop.pseudonym = fmt::format("wireproof-{:08x}", chance());
  }
  if (!http::is_token(proxy.hop.pseudonym)) {
    throw UsageError(
        fmt::format("--via '{}': a name of letters, digits and - is wanted", printable(proxy.hop.pseudonym)));
  }
}

ExitStatus serve(Settings& settings) {
  complete(settings);
  const StopSignals signals;
  const Signals asked({SIGUSR1});
  std::optional<PrivateFolder> folder;
  if (settings.cache.empty()) folder.emplace();
  std::random_device chance;
  http_cache::Store store({.folder = folder ? folder->path() + "/cache" : settings.cache,
                           .size = parse_size(settings.size),
                           .seed = (std::uint64_t{chance()} << 32) | chance()});
  // Each client may want a connection to an origin, and a file.
  const http_serving::ServingOptions options = http_serving::options_of(settings.serving, 3);
  Loop loop;
  Deadlines deadlines(loop);
  std::optional<http_serving::LogFile> log;
  if (!settings.log.empty()) log.emplace(loop.context(), settings.log);
  Proxy proxy(loop, deadlines, settings.proxy, store, log ? &*log : nullptr);
  http_serving::ConnectionServer server(loop, deadlines, signals, options, proxy);
  proxy.watch(server);
  loop.each_readable(asked.descriptor(), [&] {
    asked.take();
    try {
      write_json(json_of(proxy.report()), settings.json.empty() ? "-" : settings.json);
    } catch (const Failure& failure) {
      say_line(failure.what());
    }
  });
  if (folder) say("without --cache, up to {} bytes are kept in {}, until the end", store.most(), folder->path());
  say("listening on {} (tcp, http proxy{})", name_of(server.address()),
      settings.origin.empty() ? "" : " of " + settings.origin);
  server.run();
  if (log) log->flush();
  const Report report = proxy.report();
  say("{} requests on {} connections, {} answered from the store, {} refused, {} clients too slow{}",
      report.clients.requests, report.clients.connections, report.counters.hits, report.clients.refused,
      report.clients.timed_out,
      server.were_cut_off() > 0 ? fmt::format("; {} answers were cut off", server.were_cut_off()) : "");
  if (!settings.json.empty()) write_json(json_of(report), settings.json);
  return log && log->failed() ? ExitStatus::failed : ExitStatus::ok;
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  const auto declare = [&](CommandLine& line) {
    declare_where(line, settings.serving);
    line.option("--origin", settings.origin,
                "HOST:PORT that is asked for everything, under the name that the client uses: a reverse proxy");
    line.option("--cache", settings.cache,
                "the folder for what is kept, also after the end (default: a temporary one, which goes at the end)");
    line.option("--size", settings.size, "bytes that are kept at most; k, M, G and T are understood").show_default();
    line.option("--connect-ports", settings.connect_ports, "ports that CONNECT may name, with commas between them")
        .show_default();
    line.option("--via", settings.proxy.hop.pseudonym,
                "this proxy's name in Via and Cache-Status (default: one with a number drawn at the start)");
    line.option("--forwarded", settings.forwarded,
                "Forwarded and X-Forwarded-For, -Proto, -Host: keep what came, append to it, or replace it (default: "
                "keep; with --origin replace)")
        .one_of({"keep", "append", "replace"});
    line.option("--stale-if-error", settings.stale_if_error,
                "seconds for which a stale answer may stand for an origin that fails and has not said so itself")
        .between(0.0, 1e9)
        .show_default();
    line.option("--log", settings.log, "append a line for each answer, in the combined format; - is standard output");
    line.option("--json", settings.json,
                "at the end, and at SIGUSR1, write what was counted to this file, - for standard output");
    declare_limits(line, settings.serving,
                   "a client or an origin may send or read nothing, take for a header, or leave one waiting");
    line.option("--connect-timeout", settings.connect_timeout, "seconds for a connection to an origin")
        .between(0.1, 86400.0)
        .show_default();
    line.option("--tunnel-timeout", settings.tunnel_timeout, "seconds that nothing may move in a tunnel")
        .between(0.1, 1e7)
        .show_default();
    line.option("--max-body", settings.most_body, "bytes of a request's body; more is status 413").show_default();
  };
  return run_program(argc, argv,
                     {"http-proxy", "Hands HTTP/1.1 requests on, and keeps the answers that may be kept.",
                      "  http-proxy --cache kept --size 1G                 a forward proxy on port 8080\n"
                      "  http-proxy --origin 127.0.0.1:8000 --port 80      a reverse proxy before one server\n"
                      "  http-proxy --connect-ports 443,8443 --log -       with tunnels to two ports, and a log\n"
                      "  curl -x localhost:8080 http://h1/                 through it\n"
                      "  curl localhost:8080/                              what it has counted"},
                     declare, [&] { return serve(settings); });
}
