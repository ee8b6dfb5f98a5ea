#pragma once
// ELIZA on a byte stream: greets, answers each line with a line, says farewell.

#include "eliza/engine.hpp"
#include "serving/session.hpp"
#include "text/line_splitter.hpp"

namespace wireproof {

class ElizaSession : public Session {
 public:
  /// `script` must outlive the session. `longest_line` in bytes: what is longer is cut.
  ElizaSession(const eliza::Script& script, std::uint64_t seed, std::size_t longest_line);

  std::string opening() override { return engine_.greeting() + "\n"; }
  void receive(std::string_view bytes, std::string& answer) override;
  std::string closing() override;
  bool finished() const override { return finished_; }

 private:
  std::string reply(const Line& line);

  eliza::Engine engine_;
  LineSplitter lines_;
  bool finished_ = false;
};

}  // namespace wireproof
