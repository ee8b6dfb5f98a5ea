#include "mcast_chat/console.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include "base/writing.hpp"
#include "command_line/program.hpp"
#include "mcast_chat/line_editor.hpp"

namespace wireproof::mcast_chat {
namespace {

class PlainConsole : public Console {
 public:
  explicit PlainConsole(std::size_t longest) : splitter_(longest) {}

  void show(const std::string& line) override { print_line(line); }
  void tell(const std::string& remark) override { say_line(remark); }

  void read() override {
    std::array<char, 65536> buffer;
    const ssize_t got = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (got < 0) {
      if (errno == EAGAIN || errno == EINTR) return;
      // Standard input may be closed, or a directory: nothing can be typed there.
      end();
    } else if (got == 0) {
      if (auto line = splitter_.rest()) add(std::move(*line));
      end();
    } else {
      std::string_view bytes(buffer.data(), static_cast<std::size_t>(got));
      while (auto line = splitter_.next(bytes)) add(std::move(*line));
    }
  }

 private:
  LineSplitter splitter_;
};

class TerminalConsole : public Console {
 public:
  explicit TerminalConsole(const std::string& prompt) : editor_(prompt) {}

  void show(const std::string& line) override {
    editor_.hide();
    write_all(STDOUT_FILENO, line + '\n');  // of a terminal that is gone, reading will tell
    editor_.redraw();
  }
  void tell(const std::string& remark) override {
    editor_.hide();
    say_line(remark);
    editor_.redraw();
  }
  void read() override {
    const LineEditor::Event event = editor_.read();
    if (event == LineEditor::Event::line) add({editor_.line()});
    if (event == LineEditor::Event::end) end();
  }
  void redraw() override { editor_.resized(); }

 private:
  LineEditor editor_;
};

bool can_edit() {
  const char* const terminal = std::getenv("TERM");
  const std::string_view kind = terminal == nullptr ? "" : terminal;
  return ::isatty(STDIN_FILENO) != 0 && ::isatty(STDOUT_FILENO) != 0 && !kind.empty() && kind != "dumb";
}

}  // namespace

Line Console::take_line() {
  Line line = std::move(lines_.front());
  lines_.pop_front();
  return line;
}

std::unique_ptr<Console> open_console(const std::string& prompt, std::size_t longest) {
  if (can_edit()) return std::make_unique<TerminalConsole>(prompt);
  return std::make_unique<PlainConsole>(longest);
}

}  // namespace wireproof::mcast_chat
