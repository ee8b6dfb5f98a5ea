#pragma once
// The message service on a TCP connection: answers each message, ends after "end".

#include "message/message.hpp"
#include "message/tally.hpp"
#include "serving/session.hpp"
#include "text/line_splitter.hpp"

namespace wireproof::message {

class MessageSession : public Session {
 public:
  struct Options {
    Framing framing = Framing::recv;
    std::size_t longest_line = 64 * 1024;  ///< bytes kept of a line; the rest of a longer one is lost and counted
  };

  /// `tally` and what `sink` refers to must outlive the session.
  MessageSession(Options options, Tally& tally, MessageSink sink);

  void meet(std::string_view client) override;
  /// With Framing::recv, `bytes` is one message.
  void receive(std::string_view bytes, std::string& answer) override;
  std::string closing() override;
  bool finished() const override { return finished_; }

 private:
  void take(std::string_view text, bool truncated, std::string& answer);

  Options options_;
  Tally& tally_;
  MessageSink sink_;
  LineSplitter lines_;
  std::string client_;
  bool finished_ = false;
};

}  // namespace wireproof::message
