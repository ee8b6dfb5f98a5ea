#pragma once
// Where lines are typed and shown: a pair of pipes, or a terminal with a line that is being edited.

#include <deque>
#include <memory>
#include <string>
#include <string_view>

#include "text/line_splitter.hpp"

namespace wireproof::mcast_chat {

class Console {
 public:
  virtual ~Console() = default;

  /// An event of the room, to standard output.
  virtual void show(const std::string& line) = 0;
  /// A remark, to standard error.
  virtual void tell(const std::string& remark) = 0;
  /// Reads what waits at standard input, which is there.
  virtual void read() = 0;
  /// The terminal's size changed, or somebody else has written to it.
  virtual void redraw() {}

  bool has_line() const { return !lines_.empty(); }
  Line take_line();
  /// Nothing more will be typed: end of input, Ctrl+D.
  bool ended() const { return ended_; }

 protected:
  void add(Line line) { lines_.push_back(std::move(line)); }
  void end() { ended_ = true; }

 private:
  std::deque<Line> lines_;
  bool ended_ = false;
};

/// Edits lines when standard input and output are a terminal that can move its cursor; plain pipes otherwise.
/// `longest`: bytes of a line that are kept.
std::unique_ptr<Console> open_console(const std::string& prompt, std::size_t longest);

}  // namespace wireproof::mcast_chat
