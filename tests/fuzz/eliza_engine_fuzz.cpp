// Any bytes to a whole conversation: lines are cut, answers are clean UTF-8, and nothing grows without bound. Every
// other input is spelt in words that the script waits for, so that rules are reached.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <string>
#include <string_view>

#include "eliza/doctor.hpp"
#include "eliza/eliza_session.hpp"
#include "goals.hpp"

namespace {

constexpr const char* kWords[] = {
    "i ",        "am ",    "i'm ",    "my ",      "you ",  "are ",  "your ",    "me ",     "mother ",   "friend ",
    "remember ", "dream ", "dreamt ", "if ",      "want ", "need ", "feel ",    "sad ",    "can ",      "not ",
    "can't ",    "why ",   "love ",   "hate ",    "help ", "work ", "because ", "always ", "computer ", "socket ",
    "name ",     "is ",    "think ",  "perhaps ", "no ",   "yes ",  "hello ",   "exam ",   "alone ",    "today ",
    "what ",     "was ",   "myself ", "\n",       "\n",    ", ",    "? ",       "\r\n",    "ñandú ",    "\x1b[",
    "\xff",      "bye ",   "sleep ",  "sorry ",   "like ", "will ", "would "};

}  // namespace

namespace {

wireproof::fuzz::Goal lines("a line that is answered", 60);
wireproof::fuzz::Goal ruled("an answer by a rule of the script", 25);
wireproof::fuzz::Goal over("a conversation that the client ends", 3);

bool begins_with_one_of(const wireproof::eliza::Turns& turns, std::string_view line) {
  return std::any_of(turns.answers.begin(), turns.answers.end(),
                     [&](const wireproof::eliza::Answer& one) { return line.starts_with(one.text); });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wireproof;
  static const eliza::Script script = eliza::parse_script(eliza::kDoctorScript);
  if (size < 2) return 0;
  const std::size_t limit = 16 + data[0] % 64;
  const std::size_t piece = 1 + data[1] % 100;
  std::string text(reinterpret_cast<const char*>(data) + 2, size - 2);
  if (data[0] % 2 == 0) {
    std::string words;
    for (const char byte : text) words += kWords[static_cast<unsigned char>(byte) % std::size(kWords)];
    text = words;
  }
  std::string_view bytes = text;
  ElizaSession session(script, data[0], limit);
  std::string answer = session.opening();
  while (!bytes.empty() && !session.finished()) {
    session.receive(bytes.substr(0, piece), answer);
    bytes.remove_prefix(std::min(piece, bytes.size()));
  }
  over.reach(session.finished());
  answer += session.closing();
  for (std::string_view rest = answer; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    if (eliza::cleaned(line) != line || line.size() > 2000) std::abort();
    const bool answers = line != script.greeting && line != script.farewell;
    lines.reach(answers);
    ruled.reach(answers && !begins_with_one_of(script.fallbacks, line) && !begins_with_one_of(script.empty, line) &&
                !begins_with_one_of(script.too_long, line));
    rest.remove_prefix(line.size() + 1);
  }
  return 0;
}
