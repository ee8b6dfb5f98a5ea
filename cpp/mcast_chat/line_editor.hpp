#pragma once
// A line that is edited on the terminal, key by key, so that something else can be written above it at any time.

#include <memory>
#include <string>

namespace wireproof::mcast_chat {

/// libedit on standard input and output, with its key bindings and ~/.editrc. The terminal is as before when the object
/// is gone.
class LineEditor {
 public:
  enum class Event {
    none,
    line,  ///< Enter was pressed: line() has the text
    end,   ///< Ctrl+D on an empty line, or the terminal is gone
  };

  explicit LineEditor(const std::string& prompt);
  ~LineEditor();
  LineEditor(const LineEditor&) = delete;
  LineEditor& operator=(const LineEditor&) = delete;

  /// Takes one key, which must be there. After Enter the line is no longer on the screen.
  Event read();
  const std::string& line() const { return line_; }

  /// Takes the line from the screen; what is written then stands where it was.
  void hide();
  /// Puts it back, below what was written.
  void redraw();
  /// The terminal has another size, or was somebody else's for a while.
  void resized();

 private:
  struct State;

  std::unique_ptr<State> state_;
  std::string line_;
};

}  // namespace wireproof::mcast_chat
