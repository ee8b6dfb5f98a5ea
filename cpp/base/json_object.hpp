#pragma once
// A flat JSON object (RFC 8259), for reports.

#include <cstdint>
#include <optional>
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
  JsonObject& add_object(std::string_view name, const JsonObject& value);
  JsonObject& add_null(std::string_view name);

  /// "{…}" without a line end.
  std::string text() const;

 private:
  void add_raw(std::string_view name, std::string_view value);

  std::string members_;
};

/// Writes the object and a line end to the file `path`, or to standard output when `path` is "-". Throws Failure.
void write_json(const JsonObject& object, const std::string& path);

}  // namespace wireproof
