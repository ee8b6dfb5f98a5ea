#include "base/json_object.hpp"

#include <fmt/format.h>

#include <cmath>

#include "base/writing.hpp"
#include "text/utf8.hpp"

namespace wireproof {
namespace {

std::string quoted(std::string_view text) {
  std::string result = "\"";
  while (!text.empty()) {
    const std::string_view before = text;
    const auto character = take_character(text);
    const std::string_view taken = before.substr(0, before.size() - text.size());
    if (!character) {
      result += '\\' + escaped(taken);
    } else if (*character == '"' || *character == '\\') {
      result += '\\';
      result += taken;
    } else if (shows_itself(*character)) {
      result += taken;
    } else if (*character < 0x10000) {
      result += fmt::format("\\u{:04x}", static_cast<unsigned>(*character));
    } else {
      const auto rest = static_cast<unsigned>(*character) - 0x10000;
      result += fmt::format("\\u{:04x}\\u{:04x}", 0xD800 + (rest >> 10), 0xDC00 + (rest & 0x3FF));
    }
  }
  return result + '"';
}

}  // namespace

void JsonObject::add_raw(std::string_view name, std::string_view value) {
  if (!members_.empty()) members_ += ", ";
  members_ += quoted(name);
  members_ += ": ";
  members_ += value;
}

JsonObject& JsonObject::add(std::string_view name, std::string_view value) {
  add_raw(name, quoted(value));
  return *this;
}

JsonObject& JsonObject::add(std::string_view name, double value) {
  if (!std::isfinite(value)) return add_null(name);
  add_raw(name, fmt::format("{}", value));
  return *this;
}

JsonObject& JsonObject::add(std::string_view name, std::uint64_t value) {
  add_raw(name, fmt::format("{}", value));
  return *this;
}

JsonObject& JsonObject::add(std::string_view name, bool value) {
  add_raw(name, value ? "true" : "false");
  return *this;
}

JsonObject& JsonObject::add_object(std::string_view name, const JsonObject& value) {
  add_raw(name, value.text());
  return *this;
}

JsonObject& JsonObject::add_null(std::string_view name) {
  add_raw(name, "null");
  return *this;
}

std::string JsonObject::text() const { return "{" + members_ + "}"; }

void write_json(const JsonObject& object, const std::string& path) { write_file(path, object.text() + '\n'); }

}  // namespace wireproof
