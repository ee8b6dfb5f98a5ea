#include "url/reference.hpp"

#include <algorithm>

namespace wireproof::url {
namespace {

bool is_letter(char character) {
  const char lower = static_cast<char>(character | 0x20);
  return lower >= 'a' && lower <= 'z';
}

bool is_scheme(std::string_view text) {
  return !text.empty() && is_letter(text.front()) && std::all_of(text.begin(), text.end(), [](char character) {
    return is_letter(character) || (character >= '0' && character <= '9') ||
           std::string_view("+-.").find(character) != std::string_view::npos;
  });
}

/// Cuts `text` at the first of `ends`, and gives what is before.
std::string_view take_until(std::string_view& text, std::string_view ends) {
  const std::string_view taken = text.substr(0, text.find_first_of(ends));
  text.remove_prefix(taken.size());
  return taken;
}

/// The reference's path in the folder of the base's (RFC 3986, 5.2.3).
std::string merged(const Reference& base, std::string_view path) {
  if (base.authority && base.path.empty()) return "/" + std::string(path);
  const std::size_t slash = base.path.rfind('/');
  return slash == std::string::npos ? std::string(path) : base.path.substr(0, slash + 1) + std::string(path);
}

}  // namespace

Reference split_reference(std::string_view text) {
  Reference parts;
  if (const auto colon = text.find_first_of(":/?#");
      colon != std::string_view::npos && text[colon] == ':' && is_scheme(text.substr(0, colon))) {
    parts.scheme = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  if (text.starts_with("//")) {
    text.remove_prefix(2);
    parts.authority = take_until(text, "/?#");
  }
  parts.path = take_until(text, "?#");
  if (text.starts_with('?')) {
    text.remove_prefix(1);
    parts.query = take_until(text, "#");
  }
  if (text.starts_with('#')) parts.fragment = text.substr(1);
  return parts;
}

std::string text_of(const Reference& reference) {
  std::string text;
  if (reference.scheme) text += *reference.scheme + ":";
  if (reference.authority) text += "//" + *reference.authority;
  text += reference.path;
  if (reference.query) text += "?" + *reference.query;
  if (reference.fragment) text += "#" + *reference.fragment;
  return text;
}

std::string without_dot_segments(std::string_view path) {
  std::string output;
  const auto drop_last = [&] {
    const std::size_t slash = output.rfind('/');
    output.erase(slash == std::string::npos ? 0 : slash);
  };
  while (!path.empty()) {
    if (path.starts_with("../")) {
      path.remove_prefix(3);
    } else if (path.starts_with("./")) {
      path.remove_prefix(2);
    } else if (path.starts_with("/./")) {
      path.remove_prefix(2);
    } else if (path == "/.") {
      path = "/";
    } else if (path.starts_with("/../")) {
      path.remove_prefix(3);
      drop_last();
    } else if (path == "/..") {
      path = "/";
      drop_last();
    } else if (path == "." || path == "..") {
      path = {};
    } else {
      const std::size_t end = path.find('/', 1);
      output += path.substr(0, end);
      path.remove_prefix(std::min(end, path.size()));
    }
  }
  return output;
}

Reference resolve(const Reference& base, const Reference& reference) {
  Reference target = reference;
  if (!reference.scheme) {
    target.scheme = base.scheme;
    if (!reference.authority) {
      target.authority = base.authority;
      if (reference.path.empty()) {
        target.path = base.path;
        if (!reference.query) target.query = base.query;
        return target;
      }
      if (!reference.path.starts_with('/')) target.path = merged(base, reference.path);
    }
  }
  target.path = without_dot_segments(target.path);
  return target;
}

}  // namespace wireproof::url
