#include "http_balancer/sticky.hpp"

#include <fmt/format.h>

#include <cstdint>

#include "random/random.hpp"

namespace wireproof::http_balancer {

std::string token_of(std::string_view authority) {
  std::uint64_t sum = authority.size();
  for (const char byte : authority) sum = mixed(sum, static_cast<unsigned char>(byte));
  return fmt::format("{:016x}", sum);
}

std::string_view cookie_of(const http::Fields& fields) {
  for (const http::Field& field : fields) {
    if (!http::same_word(field.name, "Cookie")) continue;
    std::string_view pairs = field.value;
    while (!pairs.empty()) {
      const std::size_t end = std::min(pairs.find(';'), pairs.size());
      const std::string_view pair = http::trimmed(pairs.substr(0, end));
      pairs.remove_prefix(std::min(end + 1, pairs.size()));
      if (pair.size() > kCookie.size() && pair.starts_with(kCookie) && pair[kCookie.size()] == '=') {
        return pair.substr(kCookie.size() + 1);
      }
    }
  }
  return {};
}

std::string set_cookie(std::string_view token) {
  return fmt::format("{}={}; Path=/; HttpOnly; SameSite=Lax", kCookie, token);
}

}  // namespace wireproof::http_balancer
