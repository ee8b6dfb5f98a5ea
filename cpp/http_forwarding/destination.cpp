#include "http_forwarding/destination.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "bytes/decimal.hpp"
#include "http/characters.hpp"
#include "http/head_parser.hpp"

namespace wireproof::http_forwarding {

using http::Outcome;
using http::Refusal;

namespace {

constexpr std::string_view kSchemeEnd = "://";

std::string in_brackets(const std::string& host) {
  return host.find(':') == std::string::npos ? host : fmt::format("[{}]", host);
}

}  // namespace

std::string text_of(const Authority& authority) {
  return fmt::format("{}:{}", in_brackets(authority.host), authority.port);
}

std::string host_header(const Authority& authority) {
  return authority.port == 80 ? in_brackets(authority.host) : text_of(authority);
}

Outcome<Authority> parse_authority(std::string_view text, std::uint16_t default_port) {
  if (text.empty() || !http::is_host(text)) return Refusal{400, "a malformed host"};
  const std::size_t bracket = text.find(']');
  const std::size_t colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  std::string_view host = text.substr(0, colon);
  const std::string_view port = colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
  if (host.front() == '[') host = host.substr(1, host.size() - 2);
  Authority authority{std::string(host), default_port};
  std::transform(authority.host.begin(), authority.host.end(), authority.host.begin(), http::lower);
  if (!port.empty()) {
    const auto number = parse_decimal(port, 65535);
    if (!number) return Refusal{400, "a port that does not exist"};
    authority.port = static_cast<std::uint16_t>(*number);
  }
  if (authority.port == 0) return Refusal{400, "a port that does not exist"};
  return authority;
}

bool is_absolute_form(const http::RequestHead& request) {
  return request.method != "CONNECT" && request.target.front() != '/' &&
         request.target.find(kSchemeEnd) != std::string::npos;
}

Outcome<Destination> destination_of(const http::RequestHead& request) {
  if (request.method == "CONNECT") {
    auto authority = parse_authority(request.target, 0);
    if (auto* const refusal = std::get_if<Refusal>(&authority)) return std::move(*refusal);
    return Destination{std::get<Authority>(std::move(authority)), request.target};
  }
  if (!is_absolute_form(request)) return Refusal{400, "the request names no host to ask"};
  std::string_view rest = request.target;
  const std::string_view scheme = rest.substr(0, rest.find(kSchemeEnd));
  if (!http::same_word(scheme, "http")) {
    return Refusal{501, fmt::format("{} is not spoken here; https goes through CONNECT", scheme)};
  }
  rest.remove_prefix(scheme.size() + kSchemeEnd.size());
  const std::size_t end = std::min(rest.size(), rest.find_first_of("/?"));
  auto authority = parse_authority(rest.substr(0, end), 80);
  if (auto* const refusal = std::get_if<Refusal>(&authority)) return std::move(*refusal);
  rest.remove_prefix(end);
  std::string target(rest);
  if (target.empty()) {
    target = request.method == "OPTIONS" ? "*" : "/";  // RFC 9112, 3.2.4
  } else if (target.front() == '?') {
    target.insert(0, "/");
  }
  return Destination{std::get<Authority>(std::move(authority)), std::move(target)};
}

}  // namespace wireproof::http_forwarding
