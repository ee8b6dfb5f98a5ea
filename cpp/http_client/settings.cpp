#include "http_client/settings.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include "command_line/size.hpp"
#include "http_client/authorization.hpp"
#include "text/utf8.hpp"

namespace wireproof::http_client {
namespace {

/// They are this program's to set.
constexpr std::string_view kOwnFields[] = {"Connection", "Content-Length",    "Expect", "Host",
                                           "If-Range",   "Keep-Alive",        "Range",  "TE",
                                           "Trailer",    "Transfer-Encoding", "Upgrade"};

http::Field parse_field(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::string_view name = text.substr(0, colon);
  if (colon == std::string_view::npos || !http::is_token(name)) {
    throw UsageError(fmt::format("--header '{}': write it as 'Name: value'", printable(text)));
  }
  const std::string_view value = http::trimmed(text.substr(colon + 1));
  if (!http::is_field_value(value))
    throw UsageError(fmt::format("--header {}: the value holds control characters", printable(name)));
  for (const std::string_view own : kOwnFields) {
    if (http::same_word(own, name)) throw UsageError(fmt::format("--header {}: this field is not yours to set", own));
  }
  return {std::string(name), std::string(value)};
}

bool is_folder(const std::string& path) {
  struct stat facts {};
  return ::stat(path.c_str(), &facts) == 0 && S_ISDIR(facts.st_mode);
}

url::HttpUrl parsed(const std::string& text, std::string_view option) {
  try {
    return url::parse_typed_url(text);
  } catch (const url::UrlError& error) {
    throw UsageError(fmt::format("{}: {}", option, error.what()));
  }
}

Request request_of(const Settings& settings) {
  Request request{.method = settings.head   ? "HEAD"
                            : settings.data ? "POST"
                                            : "GET",
                  .url = parsed(settings.url, "--url")};
  if (request.url.scheme == "https") {
    throw FetchError(Cause::scheme, fmt::format("{}: https is not spoken here, http is", request.url.absolute_form()));
  }
  if (settings.user) request.url.credentials = url::Credentials{*settings.user, settings.password};
  if (request.url.credentials) {
    const std::string_view unfit = unfit_for_basic(*request.url.credentials);
    if (!unfit.empty()) throw UsageError(std::string(unfit));
  }
  request.body = settings.data;
  if (request.body) request.fields.add("Content-Type", "application/x-www-form-urlencoded");
  for (const std::string& text : settings.headers) {
    const http::Field field = parse_field(text);
    if (http::same_word(field.name, "Content-Type")) request.fields.erase(field.name);
    request.fields.add(field.name, field.value);
  }
  return request;
}

}  // namespace

url::HttpUrl parse_proxy(const std::string& text, std::optional<std::uint16_t> port) {
  url::HttpUrl proxy = parsed(text, "--proxy");
  if (proxy.scheme != "http") throw UsageError("--proxy: https is not spoken here, http is");
  if (proxy.origin_form() != "/")
    throw UsageError(fmt::format("--proxy '{}': a host and a port are wanted", printable(text)));
  // "h2" and "h2:80" are one URL, but not one proxy.
  std::string_view authority = text;
  while (authority.ends_with('/')) authority.remove_suffix(1);
  const bool has_port = authority.ends_with(fmt::format(":{}", proxy.port));
  constexpr std::uint16_t kUsualPort = 8080;
  if (!has_port) proxy.port = port.value_or(kUsualPort);
  return proxy;
}

FetchOptions fetch_options(const Settings& settings) {
  FetchOptions options{.request = request_of(settings)};
  const auto port = settings.port ? std::optional(static_cast<std::uint16_t>(*settings.port)) : std::nullopt;
  // The sheet's --port: of the proxy, where one is named that has none, else of the URL.
  const bool is_of_proxy =
      !settings.proxy.empty() && parse_proxy(settings.proxy, 1).port != parse_proxy(settings.proxy, 2).port;
  if (!settings.proxy.empty()) options.proxy = parse_proxy(settings.proxy, port);
  if (port && !is_of_proxy) options.request.url.port = *port;
  options.retry.retries = settings.tries - 1;
  options.retry.total = time_of(settings.retry_time);
  options.redirects = settings.redirects;
  options.timeout = settings.timeout > 0 ? time_of(settings.timeout) : kNever;
  options.longest = parse_size(settings.max_size);
  // What was coded cannot be gone on with.
  options.takes_gzip = !settings.is_plain && !settings.continues;
  options.names_by_server = settings.names_by_server;
  options.is_quiet = settings.is_quiet;
  options.log = settings.log;
  std::string path = settings.output;
  const bool is_named = !path.empty() && path != "-" ? !path.ends_with('/') && !is_folder(path) : !path.empty();
  if (!is_named && !path.empty() && !path.ends_with('/')) path += '/';
  // Whoever writes a name means that file.
  options.destination = {path, settings.overwrites || is_named, settings.continues};
  return options;
}

}  // namespace wireproof::http_client
