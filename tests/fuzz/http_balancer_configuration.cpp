// Any bytes as a balancer's file: refused with a line that is there, or nodes that can be asked. Every second input is
// taken as lines out of a table instead, because random text hardly ever has a node.

#include <array>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>

#include "goals.hpp"
#include "http_balancer/configuration.hpp"

namespace {

using namespace wireproof::http_balancer;

wireproof::fuzz::Goal parsed("a file that is taken", 1.5);
wireproof::fuzz::Goal refused("a file that is refused", 5);

void check(bool holds) {
  if (!holds) std::abort();
}

constexpr std::array<std::string_view, 24> kLines{"[node1]\nhost = a\nport = 1",
                                                  "[node2]\nhost = ::1\nport = 80",
                                                  "[node3]\nhost = A\nport = 1",
                                                  "[balancer]",
                                                  "host = b",
                                                  "port = 8001",
                                                  "port = 0",
                                                  "weight = 0",
                                                  "weight = 3",
                                                  "max_connections = 1",
                                                  "policy = least-connections",
                                                  "policy = x",
                                                  "check_path = /a",
                                                  "check_interval = 0",
                                                  "check_timeout = 1e9",
                                                  "rise = 1",
                                                  "fall = 4294967296",
                                                  "slow_start = 0.5",
                                                  "sticky = cookie",
                                                  "retries = 0",
                                                  "queue = 5",
                                                  "forwarded = append",
                                                  "status_path = /s",
                                                  "; note"};

std::string written_out(std::string_view bytes) {
  std::string text = "[node0]\nhost = 127.0.0.1\nport = 8000\n";
  for (const char byte : bytes) {
    text += kLines[static_cast<unsigned char>(byte) % kLines.size()];
    text += '\n';
  }
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string text = size % 2 == 0 ? std::string(bytes) : written_out(bytes.substr(0, 1 + bytes.size() / 2 % 4));
  std::size_t lines = 1;
  for (const char byte : text) lines += byte == '\n' ? 1 : 0;
  try {
    const Configuration all = parse_configuration(text);
    std::set<std::string> authorities;
    unsigned weight = 0;
    for (const NodeSettings& node : all.nodes) {
      check(node.port > 0 && !node.host.empty() && node.max_connections > 0);
      check(authorities.insert(authority_of(node)).second);
      weight += node.weight;
    }
    check(weight > 0 && all.rise > 0 && all.fall > 0 && all.eject > 0);
    check(all.status_path.empty() || all.status_path.starts_with('/'));
    parsed.reach();
  } catch (const wireproof::ini::IniError& error) {
    check(error.line() <= lines);
    refused.reach();
  }
  return 0;
}
