#include "message/message_client.hpp"

#include <fmt/core.h>

#include <utility>

namespace wireproof::message {

MessageClient::MessageClient(ClientOptions options, std::function<void(std::string_view)> show,
                             std::function<void(const std::string&)> tell)
    : options_(options), show_(std::move(show)), tell_(std::move(tell)) {}

MessageClient::Step MessageClient::step(Time now) {
  wake_at_ = kNever;
  if (peer_ended_ || !complaint_.empty()) return Step::finish;
  if (message_ready_) return Step::send;
  if (pending_) {
    wake_at_ = patience_end(progress_);
    if (now < wake_at_) return Step::wait;
    pending_ = false;
    const std::string reason = fmt::format("no answer within {} s", options_.patience);
    if (options_.stream) return give_up(reason);
    tell_(reason);
  }
  if (!last_sent_ && options_.count > 0) {
    if (!start_) start_ = now;
    wake_at_ = *start_ + time_of(static_cast<double>(sent_ + unsendable_) * options_.interval);
    if (now < wake_at_) return Step::wait;
    message_ = numbered_message(sent_ + unsendable_ + 1, options_.size);
    message_ready_ = true;
  } else if (!last_sent_ && !next_typed()) {
    wake_at_ = kNever;
    if (input_open_) return Step::read_input;
    last_sent_ = true;
  }
  if (message_ready_) {
    if (options_.stream && options_.framing == Framing::line) message_ += '\n';
    return Step::send;
  }
  if (options_.stream && !ended_) return Step::end_sending;
  wake_at_ = patience_end(progress_);
  if (!options_.stream && (options_.waits || answers_ >= sent_ || now >= wake_at_)) return Step::finish;
  if (now >= wake_at_) return give_up(fmt::format("not closed within {} s", options_.patience));
  return Step::wait;
}

/// Takes the next line of the input that can be sent.
bool MessageClient::next_typed() {
  for (;;) {
    std::string_view rest = std::string_view(input_).substr(input_done_);
    auto line = typed_lines_.next(rest);
    input_done_ = input_.size() - rest.size();
    if (!line && !input_open_) line = typed_lines_.rest();
    if (!line) return false;
    if (line->cut) tell_(fmt::format("a line longer than {} bytes: only its beginning is sent", kLongestLine));
    if (line->text.empty() && options_.stream && options_.framing == Framing::recv) {
      tell_("an empty message is no byte in a stream: not sent (see --framing line)");
      continue;
    }
    message_ = std::move(line->text);
    message_ready_ = true;
    return true;
  }
}

void MessageClient::typed(std::string_view bytes) {
  input_.erase(0, input_done_);
  input_done_ = 0;
  input_ += bytes;
}

void MessageClient::sent(Time now) {
  ++sent_;
  bytes_sent_ += message_.size();
  message_ready_ = false;
  pending_ = options_.waits;
  progress_ = now;
  last_sent_ = options_.count > 0 ? sent_ + unsendable_ == options_.count : ends_session(message_);
}

void MessageClient::not_sent(const std::string& reason) {
  ++unsendable_;
  message_ready_ = false;
  if (options_.count > 0) last_sent_ = sent_ + unsendable_ == options_.count;
  tell_(fmt::format("a message of {} bytes: {}", message_.size(), reason));
}

void MessageClient::sending_ended(Time now) {
  ended_ = true;
  progress_ = now;
}

void MessageClient::answered(std::string_view bytes, Time now) {
  progress_ = now;
  if (!options_.stream || options_.framing == Framing::recv) return take_answer(without_line_end(bytes));
  while (!bytes.empty()) {
    if (const auto line = answer_lines_.next(bytes)) take_answer(line->text);
  }
}

void MessageClient::take_answer(std::string_view text) {
  show_(text);
  if (answers_ < sent_) ++answers_;
  pending_ = false;
}

void MessageClient::peer_ended() {
  if (const auto line = answer_lines_.rest()) take_answer(line->text);
  peer_ended_ = true;
  if (pending_ || message_ready_) {
    complaint_ = "closed the connection before it answered";
  } else if (!ended_ && !last_sent_) {
    complaint_ = "closed the connection";
  }
}

MessageClient::Step MessageClient::give_up(std::string reason) {
  complaint_ = std::move(reason);
  return Step::finish;
}

std::optional<std::string> MessageClient::complaint() const {
  if (!complaint_.empty()) return complaint_;
  if (unsendable_ > 0) return fmt::format("{} of {} messages could not be sent", unsendable_, sent_ + unsendable_);
  if (sent_ > 0 && answers_ == 0) return fmt::format("no answer to any of {} messages", sent_);
  return std::nullopt;
}

}  // namespace wireproof::message
