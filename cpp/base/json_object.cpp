#include "base/json_object.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cmath>
#include <cstdio>

#include "base/program.hpp"

namespace wireproof {
namespace {

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    if (letter == '"' || letter == '\\') {
      result += '\\';
      result += letter;
    } else if (byte < 0x20) {
      result += fmt::format("\\u{:04x}", byte);
    } else {
      result += letter;
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

void write_json(const JsonObject& object, const std::string& path) {
  const std::string line = object.text() + "\n";
  std::FILE* const file = path == "-" ? stdout : std::fopen(path.c_str(), "w");
  if (file == nullptr) throw Failure(fmt::format("write {}", path), {errno, std::generic_category()});
  const bool written = std::fwrite(line.data(), 1, line.size(), file) == line.size();
  const bool flushed = std::fflush(file) == 0;
  const int error = errno;
  const bool closed = file == stdout || std::fclose(file) == 0;
  if (!written || !flushed || !closed) {
    throw Failure(fmt::format("write {}", path == "-" ? "standard output" : path), {error, std::generic_category()});
  }
}

}  // namespace wireproof
