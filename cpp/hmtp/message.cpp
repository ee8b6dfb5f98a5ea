#include "hmtp/message.hpp"

namespace wireproof::hmtp {
namespace {

constexpr std::array<std::string_view, 12> kNames{"ROOT", "TOOR", "RREG", "YREG", "NREG", "RJOI",
                                                  "YJOI", "NJOI", "DATA", "LEAV", "MISS", "SENT"};

}  // namespace

Message parse_message(std::string_view datagram) {
  if (datagram.size() < 4 || (datagram.size() > 4 && datagram[4] != '\n')) return {};
  const std::string_view name = datagram.substr(0, 4);
  for (const char letter : name) {
    if (letter < 'A' || letter > 'Z') return {};
  }
  const std::string_view body = datagram.substr(datagram.size() > 4 ? 5 : 4);
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (name == kNames[i]) return {static_cast<Type>(i), body};
  }
  return {Type::unknown, body};
}

std::string_view name_of(Type type) {
  const auto index = static_cast<std::size_t>(type);
  return index < kNames.size() ? kNames[index] : "?";
}

void begin_message(std::string& text, Type type) {
  text = name_of(type);
  text += '\n';
}

bool parse_toor(std::string_view body, Endpoint& root) {
  root = Endpoint{};
  if (body.empty()) return true;
  if (body.back() == '\n') body.remove_suffix(1);
  const auto endpoint = parse_endpoint(body);
  if (endpoint) root = *endpoint;
  return endpoint.has_value();
}

bool EndpointList::parse(std::string_view body) {
  size_ = 0;
  while (!body.empty()) {
    const std::size_t end = body.find('\n');
    const auto endpoint = parse_endpoint(body.substr(0, end));
    if (!endpoint || size_ == kLimit) return false;
    endpoints_[size_++] = *endpoint;
    body.remove_prefix(end == std::string_view::npos ? body.size() : end + 1);
  }
  return true;
}

}  // namespace wireproof::hmtp
