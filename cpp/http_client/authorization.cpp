#include "http_client/authorization.hpp"

#include <algorithm>
#include <cstdint>

namespace wireproof::http_client {
namespace {

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char byte) { return (byte >= 0 && byte < 0x20) || byte == 0x7F; });
}

}  // namespace

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (; !bytes.empty(); bytes.remove_prefix(std::min<std::size_t>(3, bytes.size()))) {
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i)
      group = group << 8U | (i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U);
    for (std::size_t i = 0; i < 4; ++i) text += i <= bytes.size() ? kDigits[group >> (18 - 6 * i) & 63U] : '=';
  }
  return text;
}

std::string basic_authorization(const url::Credentials& credentials) {
  return "Basic " + base64(credentials.user + ":" + credentials.password);
}

std::string_view unfit_for_basic(const url::Credentials& credentials) {
  if (credentials.user.find(':') != std::string::npos) return "a user's name holds no colon";
  if (has_control(credentials.user) || has_control(credentials.password))
    return "user and password hold no control characters";
  return {};
}

}  // namespace wireproof::http_client
