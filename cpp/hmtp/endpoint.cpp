#include "hmtp/endpoint.hpp"

namespace wireproof::hmtp {

void append_text(std::string& text, const Endpoint& endpoint) {
  text += endpoint.host();
  text += ' ';
  text += std::to_string(endpoint.port);
}

std::optional<Endpoint> parse_endpoint(std::string_view text) {
  const std::size_t space = text.find(' ');
  if (space == std::string_view::npos || text.substr(space + 1).starts_with('0')) return std::nullopt;
  const std::string_view host = text.substr(0, space);
  // Zones are looked up in the system: not for whoever sends a message.
  if (host.find('%') != std::string_view::npos) return std::nullopt;
  const auto address = parse_address(host);
  const auto port = parse_port(text.substr(space + 1));
  if (!address || !port || !address->is_unicast()) return std::nullopt;
  if (address->is_v4() && host.find(':') != std::string_view::npos) return std::nullopt;
  return address->with_port(*port);
}

}  // namespace wireproof::hmtp
