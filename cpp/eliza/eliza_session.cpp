#include "eliza/eliza_session.hpp"

namespace wireproof {

ElizaSession::ElizaSession(const eliza::Script& script, std::uint64_t seed, std::size_t longest_line)
    : engine_(script, seed), lines_(longest_line) {}

void ElizaSession::receive(std::string_view bytes, std::string& answer) {
  while (!finished_ && !bytes.empty()) {
    if (const auto line = lines_.next(bytes)) answer += reply(*line);
  }
}

std::string ElizaSession::closing() {
  std::string last_words;
  if (const auto line = lines_.rest()) last_words = reply(*line);
  if (!finished_) last_words += engine_.farewell() + "\n";
  return last_words;
}

std::string ElizaSession::reply(const Line& line) {
  const auto reply = engine_.answer(line.text, line.cut);
  finished_ = reply.farewell;
  return reply.text + "\n";
}

}  // namespace wireproof
