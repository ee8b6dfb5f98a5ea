#pragma once
// What all servers of HTTP have on their command lines.

#include <cstddef>
#include <string>

#include "command_line/command_line.hpp"
#include "http_serving/connection_server.hpp"

namespace wireproof::http_serving {

struct ServingSettings {
  ServingOptions options{.where = {.port = 8080, .address = {}, .backlog = 1024}};
  double timeout = 30;  ///< s, for each wait
  double grace = 10;    ///< s
};

/// --host and --port.
void declare_where(CommandLine& line, ServingSettings& settings);
/// --timeout (`patience` says of whom), --max-connections and --grace.
void declare_limits(CommandLine& line, ServingSettings& settings, const std::string& patience);

/// The options as they were given, with no more connections than there are descriptors for: `each` of them a client,
/// and some to spare. Raises the limit of descriptors as far as it may.
ServingOptions options_of(const ServingSettings& settings, std::size_t each);

}  // namespace wireproof::http_serving
