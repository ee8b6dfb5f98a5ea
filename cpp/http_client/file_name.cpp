#include "http_client/file_name.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "http/fields.hpp"
#include "text/utf8.hpp"
#include "url/percent.hpp"

namespace wireproof::http_client {
namespace {

std::string escaped_bytes(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) text += fmt::format("%{:02X}", static_cast<unsigned char>(byte));
  return text;
}

/// At most `most` bytes of it, no character cut in two; what is behind the last dot stays if it is short.
std::string shortened(const std::string& name, std::size_t most) {
  if (name.size() <= most) return name;
  constexpr std::size_t kLongestExtension = 20;
  const std::size_t dot = name.rfind('.');
  const bool has_extension = dot != std::string::npos && name.size() - dot <= kLongestExtension;
  const std::string extension = has_extension ? name.substr(dot) : std::string();
  return std::string(without_cut_sequence(std::string_view(name).substr(0, most - extension.size()))) + extension;
}

/// `text` from behind a quote to the next one, without backslashes (RFC 9110, 5.6.4).
std::string unquoted(std::string_view text) {
  std::string plain;
  for (std::size_t at = 1; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\' && at + 1 < text.size()) ++at;
    plain += text[at];
  }
  return plain;
}

/// The next parameter of a header's value, of those that ";" parts, outside of quotes.
std::string_view take_parameter(std::string_view& list) {
  bool quoted = false;
  std::size_t at = 0;
  for (; at < list.size() && (quoted || list[at] != ';'); ++at) {
    if (list[at] == '"') quoted = !quoted;
    if (quoted && list[at] == '\\') ++at;
  }
  at = std::min(at, list.size());
  const std::string_view parameter = http::trimmed(list.substr(0, at));
  list.remove_prefix(std::min(at + 1, list.size()));
  return parameter;
}

/// UTF-8''na%C3%AFve.txt (RFC 8187, 3.2); other character sets are not known.
std::optional<std::string> extended(std::string_view value) {
  const std::size_t language = value.find('\'');
  if (language == std::string_view::npos || !http::same_word(value.substr(0, language), "UTF-8")) return std::nullopt;
  const std::size_t text = value.find('\'', language + 1);
  if (text == std::string_view::npos) return std::nullopt;
  return url::percent_decoded(value.substr(text + 1));
}

}  // namespace

std::string safe_file_name(std::string_view text) {
  while (text.ends_with('/')) text.remove_suffix(1);
  if (const std::size_t slash = text.rfind('/'); slash != std::string_view::npos) text.remove_prefix(slash + 1);
  std::string name;
  while (!text.empty()) {
    const std::string_view before = text;
    const auto character = take_character(text);
    const std::string_view bytes = before.substr(0, before.size() - text.size());
    const bool stays = character && *character != U'\\' && shows_itself(*character);
    name += stays ? std::string(bytes) : escaped_bytes(bytes);
  }
  if (name.empty() || name == "." || name == "..") return {};
  // Shells and desktops read settings from hidden files.
  if (name.front() == '.') name.insert(0, "_");
  return shortened(name, kLongestFileName);
}

std::string file_name_of(const url::HttpUrl& url) {
  const std::size_t slash = url.path.rfind('/');
  // An escaped slash is part of the name, and no name has one.
  std::string last = url.path.substr(slash + 1);
  std::string decoded = url::percent_decoded(last);
  std::replace(decoded.begin(), decoded.end(), '/', '_');
  const std::string name = safe_file_name(decoded);
  return name.empty() ? "index.html" : name;
}

std::optional<std::string> file_name_of_disposition(std::string_view value) {
  std::optional<std::string> plain;
  take_parameter(value);  // attachment, inline
  while (!value.empty()) {
    const std::string_view parameter = take_parameter(value);
    const std::size_t equals = parameter.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view name = http::trimmed(parameter.substr(0, equals));
    const std::string_view text = http::trimmed(parameter.substr(equals + 1));
    if (http::same_word(name, "filename*")) {
      const auto found = extended(text);
      if (found && !safe_file_name(*found).empty()) return safe_file_name(*found);
    } else if (http::same_word(name, "filename") && !plain) {
      plain = safe_file_name(text.starts_with('"') ? unquoted(text) : std::string(text));
    }
  }
  return plain && !plain->empty() ? plain : std::nullopt;
}

}  // namespace wireproof::http_client
