#include "base/json_object.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>

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

JsonObject& JsonObject::add_json(std::string_view name, std::string_view value) {
  if (!members_.empty()) members_ += ", ";
  members_ += quoted(name);
  members_ += ": ";
  members_ += value;
  return *this;
}

JsonObject& JsonObject::add(std::string_view name, std::string_view value) { return add_json(name, quoted(value)); }

JsonObject& JsonObject::add(std::string_view name, double value) {
  if (!std::isfinite(value)) return add_null(name);
  return add_json(name, fmt::format("{}", value));
}

JsonObject& JsonObject::add(std::string_view name, std::uint64_t value) {
  return add_json(name, fmt::format("{}", value));
}

JsonObject& JsonObject::add(std::string_view name, bool value) { return add_json(name, value ? "true" : "false"); }

JsonObject& JsonObject::add_object(std::string_view name, const JsonObject& value) {
  return add_json(name, value.text());
}

JsonObject& JsonObject::add_seconds(std::string_view name, std::chrono::nanoseconds value) {
  const auto [seconds, rest] = std::lldiv(value.count(), 1'000'000'000);
  return add_json(name,
                  fmt::format("{}{}.{:09d}", value.count() < 0 ? "-" : "", std::llabs(seconds), std::llabs(rest)));
}

JsonObject& JsonObject::add_array(std::string_view name, std::span<const JsonObject> values) {
  std::string array;
  for (const JsonObject& value : values) array += (array.empty() ? "" : ", ") + value.text();
  return add_json(name, "[" + array + "]");
}

JsonObject& JsonObject::add_null(std::string_view name) { return add_json(name, "null"); }

std::string JsonObject::text() const { return "{" + members_ + "}"; }

void write_json(const JsonObject& object, const std::string& path) { write_file(path, object.text() + '\n'); }

}  // namespace wireproof
