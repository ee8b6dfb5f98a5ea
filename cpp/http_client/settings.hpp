#pragma once
// What is asked for on the command line, made options of a fetch. Pure.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http_client/fetcher.hpp"

namespace wireproof::http_client {

struct Settings {
  std::string url;
  std::string proxy;
  std::optional<int> port;
  std::string output;
  bool overwrites = false;
  bool continues = false;
  bool names_by_server = false;
  bool head = false;
  std::optional<std::string> data;
  std::vector<std::string> headers;
  std::optional<std::string> user;
  std::string password;
  unsigned redirects = 20;
  unsigned tries = 1;
  double retry_time = 300;
  double timeout = 30;
  std::string max_size = "64G";
  bool is_plain = false;
  bool is_quiet = false;
  std::string log;
  std::string json;
};

/// "h2:8080", "h2", "http://user:password@[::1]:8080"; `port` where none is written, else 8080. Throws UsageError.
url::HttpUrl parse_proxy(const std::string& text, std::optional<std::uint16_t> port);

/// Throws UsageError; FetchError scheme for https.
FetchOptions fetch_options(const Settings& settings);

}  // namespace wireproof::http_client
