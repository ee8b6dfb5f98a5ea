#include "message/message_session.hpp"

#include <utility>

namespace wireproof::message {

MessageSession::MessageSession(Options options, Tally& tally, MessageSink sink)
    : options_(options), tally_(tally), sink_(std::move(sink)), lines_(options.longest_line) {}

void MessageSession::meet(std::string_view client) {
  client_ = client;
  ++tally_.clients;
}

void MessageSession::receive(std::string_view bytes, std::string& answer) {
  if (finished_) return;
  tally_.bytes += bytes.size();
  if (options_.framing == Framing::recv) return take(bytes, false, answer);
  while (!finished_ && !bytes.empty()) {
    if (const auto line = lines_.next(bytes)) take(line->text, line->cut, answer);
  }
}

std::string MessageSession::closing() {
  std::string answer;
  if (const auto line = lines_.rest()) take(line->text, line->cut, answer);
  return answer;
}

void MessageSession::take(std::string_view text, bool truncated, std::string& answer) {
  ++tally_.received;
  if (truncated) ++tally_.truncated;
  sink_({client_, text, truncated, std::nullopt});
  answer += kAnswer;
  if (options_.framing == Framing::line) answer += '\n';
  finished_ = !truncated && ends_session(text);
}

}  // namespace wireproof::message
