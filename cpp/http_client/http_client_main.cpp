// http-client: fetches a URL over HTTP/1.1, through a proxy if asked.

#include <boost/asio/experimental/awaitable_operators.hpp>

#include <random>

#include "command_line/program.hpp"
#include "http_client/settings.hpp"
#include "loop/loop.hpp"
#include "loop/readiness.hpp"
#include "loop/signals.hpp"

using namespace wireproof;
using namespace wireproof::http_client;

namespace {

std::uint64_t entropy() {
  std::random_device device;
  return static_cast<std::uint64_t>(device()) << 32U | device();
}

asio::awaitable<void> run_until_stopped(Loop& loop, Fetcher& fetcher, const StopSignals& signals) {
  using namespace asio::experimental::awaitable_operators;
  Readiness stopped(loop.context(), signals.descriptor(), EPOLLIN);
  const auto first = co_await (fetcher.run() || stopped.wait());
  if (first.index() == 1) fetcher.interrupt(signal_name(signals.take()));
  loop.stop();
}

std::string summary(const Report& report) {
  std::string text = fmt::format("{}: {}", report.final_url, report.status);
  if (report.file.empty()) return text;
  text += fmt::format(", {} in {:.1f} s", size_text(report.size), in_seconds(report.took));
  if (report.resumed_at > 0) text += fmt::format(" (from {} on)", size_text(report.resumed_at));
  return report.file == "-" ? text : text + fmt::format(", in {}", printable(report.file));
}

ExitStatus told(const Report& report, const Settings& settings) {
  if (!settings.json.empty()) write_json(report.json(), settings.json);
  if (report.cause) throw Failure(report.message);
  if (!settings.is_quiet) say_line(summary(report));
  return ExitStatus::ok;
}

ExitStatus fetch(const Settings& settings) {
  const StopSignals signals;
  FetchOptions options;
  try {
    options = fetch_options(settings);
  } catch (const FetchError& error) {
    Report report{.url = settings.url};
    report.cause = error.cause();
    report.message = error.what();
    if (!settings.json.empty()) write_json(report.json(), settings.json);
    throw UsageError(error.what());
  }
  Loop loop;
  Deadlines deadlines(loop);
  Fetcher fetcher(loop, deadlines, std::move(options), entropy());
  loop.spawn(run_until_stopped(loop, fetcher, signals));
  loop.run();
  return told(fetcher.report(), settings);
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  const auto declare = [&](CommandLine& line) {
    line.option("URL,--url", settings.url, "what to fetch; without http:// it is meant").required();
    line.option("--proxy", settings.proxy, "ask this proxy, HOST:PORT");
    line.option("--port", settings.port,
                "port of the server, or of a proxy that is named without (default: as the URL says)")
        .between(1, 65535);
    line.option("-o,--output", settings.output,
                "write the body to this file, - for standard output, or into this folder (default: named by the URL)");
    line.flag("--overwrite", settings.overwrites, "replace a file that is named by the URL, if there is one");
    const Option goes_on =
        line.flag("-c,--continue", settings.continues, "go on with what an earlier run left in FILE.part");
    line.flag("--content-disposition", settings.names_by_server, "the server may name the file").excludes(goes_on);
    const Option head = line.flag("--head", settings.head, "ask for the header only (HEAD), and show it");
    line.option("--data", settings.data, "send this text (POST)").excludes(head).excludes(goes_on);
    line.option("--header", settings.headers, "a further header field, 'Name: value'; may be repeated").repeated();
    const Option user = line.option("--user", settings.user, "user, for the URL's server alone (Basic)");
    line.option("--password", settings.password, "password; others on this host can see it while it runs").needs(user);
    line.option("--max-redirects", settings.redirects, "follow so many").between(0U, 1000U).show_default();
    line.option("--tries", settings.tries, "ask so often at most, where it may go better later")
        .between(1U, 1000U)
        .show_default();
    line.option("--retry-time", settings.retry_time, "begin no attempt later than these seconds after the first")
        .between(0.0, 604800.0)
        .show_default();
    line.option("--timeout", settings.timeout,
                "give up when looking up, connecting, sending, the header, or the next piece of the body takes longer "
                "than these seconds; 0: never")
        .between(0.0, 86400.0)
        .show_default();
    line.option("--max-size", settings.max_size, "take no body of more bytes (k, M, G, T: powers of 1024)")
        .show_default();
    line.flag("--no-compression", settings.is_plain, "do not ask for gzip");
    line.flag("-q,--quiet", settings.is_quiet, "no progress and no summary");
    line.option("--log", settings.log, "write the headers of all requests and responses to this file");
    line.option("--json", settings.json, "at the end, write what came of it to this file, - for standard output");
  };
  return run_program(argc, argv,
                     {"http-client", "Fetches a URL over HTTP/1.1. A file has its name only when it is whole.",
                      "  http-client --url http://10.0.0.2/a.bin                   into ./a.bin\n"
                      "  http-client --url http://h2:8080/ --output -              to standard output\n"
                      "  http-client --url http://h2/ --proxy h3:3128 --log headers.txt\n"
                      "  http-client --url http://h2/a.iso --continue --tries 9  goes on where it was cut\n"
                      "  http-client --url http://me:secret@h2/private             user and password, for h2 alone"},
                     declare, [&] { return fetch(settings); });
}
