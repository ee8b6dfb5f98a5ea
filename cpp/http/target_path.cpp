#include "http/target_path.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "http/characters.hpp"

namespace wireproof::http {

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      decoded += text[at];
      continue;
    }
    const int high = at + 1 < text.size() ? hexadecimal(text[at + 1]) : -1;
    const int low = at + 2 < text.size() ? hexadecimal(text[at + 2]) : -1;
    if (high < 0 || low < 0) return std::nullopt;
    decoded += static_cast<char>(16 * high + low);
    at += 2;
  }
  return decoded;
}

std::string percent_encoded(std::string_view name) {
  std::string encoded;
  for (const char byte : name) {
    if (is_letter(byte) || is_digit(byte) || std::string_view("-._~").find(byte) != std::string_view::npos) {
      encoded += byte;
    } else {
      fmt::format_to(std::back_inserter(encoded), "%{:02X}", static_cast<unsigned char>(byte));
    }
  }
  return encoded;
}

std::string text_of(const TargetPath& path) {
  std::string text;
  for (const std::string& name : path.names) text += '/' + percent_encoded(name);
  return path.is_folder || text.empty() ? text + '/' : text;
}

Outcome<TargetPath> parse_target_path(std::string_view target) {
  if (!target.starts_with('/')) {
    const std::size_t colon = target.find("://");
    if (colon == std::string_view::npos) return Refusal{400, "a target without a path"};
    target.remove_prefix(colon + 3);
    target.remove_prefix(std::min(target.size(), target.find_first_of("/?")));
  }
  TargetPath path;
  const std::size_t question = std::min(target.find('?'), target.size());
  path.query = target.substr(question);
  target = target.substr(0, question);
  path.is_folder = true;
  while (!target.empty()) {
    target.remove_prefix(1);  // the slash
    const std::size_t end = std::min(target.find('/'), target.size());
    auto name = percent_decoded(target.substr(0, end));
    target.remove_prefix(end);
    if (!name) return Refusal{400, "malformed percent-encoding in the target"};
    path.is_folder = name->empty() || *name == "." || *name == "..";
    if (*name == "..") {
      if (path.names.empty()) return Refusal{400, "a target outside of the root"};
      path.names.pop_back();
    } else if (!path.is_folder) {
      const bool is_name = std::none_of(name->begin(), name->end(),
                                        [](char byte) { return is_control(byte) || byte == '/' || byte == '\\'; });
      if (!is_name) return Refusal{400, "a name in the target that no file has here"};
      path.names.push_back(*std::move(name));
    }
  }
  return path;
}

std::string html_escaped(std::string_view text) {
  std::string escaped;
  for (const char character : text) {
    switch (character) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        if (is_control(character) && character != '\t' && character != '\n' && character != '\r') {
          escaped += "\xEF\xBF\xBD";
        } else {
          escaped += character;
        }
    }
  }
  return escaped;
}

}  // namespace wireproof::http
