#pragma once
// A client of the message service, without its socket and clock: what to do next, given what happened. Pure.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "loop/time.hpp"
#include "message/message.hpp"
#include "text/line_splitter.hpp"

namespace wireproof::message {

struct ClientOptions {
  bool stream = true;               ///< TCP; otherwise UDP
  Framing framing = Framing::recv;  ///< of a stream
  bool waits = true;                ///< for each answer before the next message
  double patience = 0;              ///< seconds for an answer, 0: no bound (a stream only)
  std::uint64_t count = 0;          ///< messages of a series; 0: each line of the input is a message
  std::size_t size = 64;            ///< bytes of each message of the series
  double interval = 0;              ///< seconds between the beginnings of two messages of the series
};

/// After each event, step() tells what is next.
class MessageClient {
 public:
  static constexpr std::size_t kLongestLine = 1 << 20;  ///< bytes; the rest of a longer line of input is not sent

  enum class Step {
    send,         ///< send message(), then tell sent() or not_sent()
    read_input,   ///< read the input (until wake_at()), then tell typed() or input_ended(); answers may come meanwhile
    wait,         ///< wait for answers until wake_at()
    end_sending,  ///< end our side of the stream (FIN), then tell sending_ended()
    finish,       ///< close
  };

  /// `show`: gets each answer's text, as it came. `tell`: gets remarks for the person.
  MessageClient(ClientOptions options, std::function<void(std::string_view)> show,
                std::function<void(const std::string&)> tell);

  Step step(Time now);
  Time wake_at() const { return wake_at_; }

  const std::string& message() const { return message_; }  ///< as sent: with its end of line where the framing has one
  void sent(Time now);
  void not_sent(const std::string& reason);
  void typed(std::string_view bytes);
  void input_ended() { input_open_ = false; }
  void sending_ended(Time now);
  void answered(std::string_view bytes, Time now);  ///< what one recv returned
  void peer_ended();

  std::uint64_t messages_sent() const { return sent_; }
  std::uint64_t bytes_sent() const { return bytes_sent_; }
  std::uint64_t answers() const { return answers_; }
  std::uint64_t unanswered() const { return sent_ - answers_; }

  /// After finish: what went wrong, in a sentence.
  std::optional<std::string> complaint() const;

 private:
  bool next_typed();
  void take_answer(std::string_view text);
  Step give_up(std::string reason);
  Time patience_end(Time since) const { return options_.patience > 0 ? since + time_of(options_.patience) : kNever; }

  ClientOptions options_;
  std::function<void(std::string_view)> show_;
  std::function<void(const std::string&)> tell_;
  LineSplitter typed_lines_{kLongestLine};
  LineSplitter answer_lines_{kLongestLine};
  std::string input_;  ///< typed, not yet cut into lines from input_done_ on
  std::size_t input_done_ = 0;
  std::string message_;
  bool message_ready_ = false;  ///< message_ is still to be sent
  bool last_sent_ = false;      ///< nothing more will be sent
  bool input_open_ = true;
  bool pending_ = false;  ///< an answer is waited for
  bool ended_ = false;    ///< our side of the stream
  bool peer_ended_ = false;
  std::optional<Time> start_;  ///< of the series
  Time progress_{0};           ///< when something was sent or answered last
  Time wake_at_ = kNever;
  std::uint64_t sent_ = 0;
  std::uint64_t bytes_sent_ = 0;
  std::uint64_t unsendable_ = 0;
  std::uint64_t answers_ = 0;  ///< at most as many as messages were sent
  std::string complaint_;
};

}  // namespace wireproof::message
