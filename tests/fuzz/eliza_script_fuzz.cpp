// Any text as a script: it is refused with a line that exists, or it can be talked with. The input is lines built from
// the script language's own words, chosen by the bytes, so that most inputs get past the first line.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <string>

#include "eliza/engine.hpp"
#include "goals.hpp"

namespace {

wireproof::fuzz::Goal talked("a script that can be talked with", 10);
wireproof::fuzz::Goal ruled("a script with a rule that fits", 5);

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wireproof::eliza;
  static constexpr const char* kPieces[] = {
      "greeting: ", "farewell: ", "quit: ",      "empty: ",   "too-long: ", "fallback: ", "before: ", "after: ",
      "group ",     "keyword: ",  "keyword 9: ", "pattern: ", "answer: ",   "goto: ",     "memory: ", ": ",
      " = ",        " | ",        "*",           " + ",       "@",          "{1}",        "{2}",      "{",
      "}",          "\n",         "\n",          "\n",        " ",          "dog ",       "cat",      "# "};
  std::string text;
  if (size > 0 && data[0] % 2 == 0) {
    text =
        "greeting: a\nfarewell: a\nempty: a\ntoo-long: a\nfallback: a\nkeyword: dog\npattern: * dog *\nanswer: {2}\n";
  }
  for (std::size_t i = 1; i < size; ++i) {
    if (data[i] < 2 * std::size(kPieces)) {
      text += kPieces[data[i] / 2];
    } else {
      text += static_cast<char>(data[i]);
    }
  }
  std::size_t lines = 1;
  for (const char byte : text) lines += byte == '\n';
  try {
    const Script script = parse_script(text);
    talked.reach();
    Engine engine(script, size);
    for (const char* line : {"dog", "a dog cat dog", "cat, dog", "", "zzz"}) {
      const std::string answer = engine.answer(line).text;
      ruled.reach(*line == 'd' && std::none_of(script.fallbacks.answers.begin(), script.fallbacks.answers.end(),
                                               [&](const Answer& other) { return other.text == answer; }));
    }
  } catch (const ScriptError& error) {
    if (error.line() == 0 || error.line() > lines + 1) std::abort();
  }
  return 0;
}
