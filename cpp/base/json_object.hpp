#pragma once
// A JSON object (RFC 8259), for all that programs report.

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace wireproof {

/// Members in the order they were added. Numbers that JSON cannot hold become null. Of strings, what does not show
/// itself on a terminal is escaped, and a byte that is not UTF-8 becomes the text \xNN: file names may hold any.
class JsonObject {
 public:
  JsonObject& add(std::string_view name, std::string_view value);
  JsonObject& add(std::string_view name, const char* value) { return add(name, std::string_view(value)); }
  JsonObject& add(std::string_view name, double value);
  JsonObject& add(std::string_view name, std::uint64_t value);
  JsonObject& add(std::string_view name, bool value);
  /// In seconds, with nine digits behind the point.
  JsonObject& add_seconds(std::string_view name, std::chrono::nanoseconds value);
  JsonObject& add_object(std::string_view name, const JsonObject& value);
  JsonObject& add_array(std::string_view name, std::span<const JsonObject> values);
  /// A value that is JSON already.
  JsonObject& add_json(std::string_view name, std::string_view value);
  JsonObject& add_null(std::string_view name);

  /// "{…}" without a line end.
  std::string text() const;

 private:
  std::string members_;
};

/// Writes the object and a line end to the file `path`, or to standard output when `path` is "-". Throws Failure.
void write_json(const JsonObject& object, const std::string& path);

}  // namespace wireproof
