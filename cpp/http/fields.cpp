#include "http/fields.hpp"

#include <algorithm>

#include "http/characters.hpp"

namespace wireproof::http {
namespace {

bool is_token_character(char character) {
  const char small = lower(character);
  return (small >= 'a' && small <= 'z') || (character >= '0' && character <= '9') ||
         (character != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(character) != std::string_view::npos);
}

}  // namespace

bool same_word(std::string_view one, std::string_view other) {
  return one.size() == other.size() && std::equal(one.begin(), one.end(), other.begin(),
                                                  [](char left, char right) { return lower(left) == lower(right); });
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_character);
}

bool is_field_value(std::string_view text) {
  if (!text.empty() && (is_blank(text.front()) || is_blank(text.back()))) return false;
  return std::none_of(text.begin(), text.end(),
                      [](char character) { return is_control(character) && character != '\t'; });
}

void Fields::add(std::string_view name, std::string_view value) {
  if (fields_.empty()) fields_.reserve(12);  // as browsers send
  fields_.push_back({std::string(name), std::string(value)});
}

void Fields::set(std::string_view name, std::string_view value) {
  erase(name);
  add(name, value);
}

std::size_t Fields::erase(std::string_view name) {
  return std::erase_if(fields_, [&](const Field& field) { return same_word(field.name, name); });
}

std::size_t Fields::count(std::string_view name) const {
  return static_cast<std::size_t>(
      std::count_if(fields_.begin(), fields_.end(), [&](const Field& field) { return same_word(field.name, name); }));
}

const std::string* Fields::find(std::string_view name) const {
  for (const Field& field : fields_) {
    if (same_word(field.name, name)) return &field.value;
  }
  return nullptr;
}

std::string_view Fields::value(std::string_view name) const {
  const std::string* found = find(name);
  return found ? std::string_view(*found) : std::string_view();
}

std::optional<std::string> Fields::joined(std::string_view name) const {
  std::optional<std::string> values;
  for (const Field& field : fields_) {
    if (!same_word(field.name, name)) continue;
    if (values) {
      *values += ", " + field.value;
    } else {
      values = field.value;
    }
  }
  return values;
}

bool Fields::lists(std::string_view name, std::string_view word) const {
  for (const Field& field : fields_) {
    if (!same_word(field.name, name)) continue;
    for (std::string_view list = field.value; const auto member = take_member(list);) {
      if (same_word(*member, word)) return true;
    }
  }
  return false;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::optional<std::string_view> take_member(std::string_view& list) {
  while (!list.empty()) {
    std::size_t end = 0;
    for (bool quoted = false; end < list.size() && (quoted || list[end] != ','); ++end) {
      if (list[end] == '"') quoted = !quoted;
      if (quoted && list[end] == '\\' && end + 1 < list.size()) ++end;
    }
    const std::string_view member = trimmed(list.substr(0, end));
    list.remove_prefix(std::min(list.size(), end + 1));
    if (!member.empty()) return member;
  }
  return std::nullopt;
}

}  // namespace wireproof::http
