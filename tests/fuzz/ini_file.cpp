// Any bytes as a configuration file: refused with a line that is there, or sections that read back the same.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "goals.hpp"
#include "ini/ini.hpp"

namespace {

using namespace wireproof::ini;

wireproof::fuzz::Goal parsed("a file with a key", 5);
wireproof::fuzz::Goal several("a file with two sections", 2);
wireproof::fuzz::Goal refused("a file that is refused", 5);

void check(bool holds) {
  if (!holds) std::abort();
}

std::string text_of(const std::vector<Section>& sections) {
  std::string text;
  for (const Section& section : sections) {
    text += '[' + section.name + "]\n";
    for (const Key& key : section.keys) text += key.name + " = " + key.value + '\n';
  }
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::size_t lines = 1;
  for (const char byte : text) lines += byte == '\n' ? 1 : 0;
  try {
    const std::vector<Section> sections = parse(text);
    std::size_t last = 0;
    for (const Section& section : sections) {
      check(section.line > last && section.line <= lines && !section.name.empty());
      last = section.line;
      for (const Key& key : section.keys) {
        check(key.line > last && key.line <= lines && !key.name.empty() && section.find(key.name) == &key);
        last = key.line;
        parsed.reach();
      }
    }
    several.reach(sections.size() > 1);
    const std::string written = text_of(sections);
    check(text_of(parse(written)) == written);
  } catch (const IniError& error) {
    check(error.line() <= lines);
    refused.reach();
  }
  return 0;
}
