#include "http_serving/serving_settings.hpp"

#include <algorithm>
#include <chrono>

#include "command_line/program.hpp"

namespace wireproof::http_serving {

void declare_where(CommandLine& line, ServingSettings& settings) {
  line.option("--host", settings.options.where.address, "listen on this address only (default: all, IPv4 and IPv6)");
  line.option("--port", settings.options.where.port, "TCP port to listen on; 0 lets the kernel choose one")
      .show_default();
}

void declare_limits(CommandLine& line, ServingSettings& settings, const std::string& patience) {
  line.option("--timeout", settings.timeout, "seconds that " + patience).between(0.1, 86400.0).show_default();
  line.option("--max-connections", settings.options.most_connections,
              "of clients at once; then idle ones are closed, and others wait in the backlog")
      .between(std::size_t{1}, std::size_t{1'000'000})
      .show_default();
  line.option("--grace", settings.grace, "seconds that running answers have after SIGINT or SIGTERM")
      .between(0.0, 86400.0)
      .show_default();
}

ServingOptions options_of(const ServingSettings& settings, std::size_t each) {
  ServingOptions options = settings.options;
  const Time patience = time_of(settings.timeout);
  options.timeouts.idle = options.timeouts.head = options.timeouts.body = options.timeouts.write = patience;
  options.timeouts.linger = std::min<Time>(patience, std::chrono::seconds(2));
  options.grace = time_of(settings.grace);
  const std::size_t descriptors = raise_descriptor_limit();
  const std::size_t spare = std::min<std::size_t>(descriptors / 2, 32 * each + descriptors / 8);
  options.most_connections = std::clamp<std::size_t>((descriptors - spare) / each, 1, options.most_connections);
  return options;
}

}  // namespace wireproof::http_serving
