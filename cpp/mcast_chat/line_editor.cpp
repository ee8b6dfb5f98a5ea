#include "mcast_chat/line_editor.hpp"

#include <fmt/format.h>
#include <histedit.h>
#include <langinfo.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include <algorithm>
#include <cerrno>
#include <clocale>
#include <cstdio>
#include <cwchar>
#include <string_view>

#include "base/writing.hpp"
#include "command_line/program.hpp"
#include "text/utf8.hpp"

namespace wireproof::mcast_chat {
namespace {

/// Milliseconds within which the rest of an escape sequence or of a character must follow: a lone Escape key must not
/// hold up the room.
constexpr int kRestOfKey = 50;
constexpr int kHistoryLines = 200;
constexpr char kEndOfInput = 'D' & 0x1F;
/// Keys whose functions would wait for more keys.
constexpr const char* kUnbound[] = {"^V", "^R", "^S", "\\033x", "\\033X"};

std::size_t columns() {
  winsize size{};
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

/// The row, from 0, on which a cursor stands behind `text` when that begins at the left margin, as libedit draws it.
std::size_t row_behind(std::wstring_view text, std::size_t width) {
  std::size_t row = 0;
  std::size_t column = 0;
  const auto advance = [&](std::size_t cells) {
    if (column + cells > width) {
      ++row;
      column = 0;
    }
    column += cells;
    if (column >= width) {
      ++row;
      column = 0;
    }
  };
  for (const wchar_t character : text) {
    const int cells = ::wcwidth(character);
    if (character == L'\t') {
      do {
        advance(1);
      } while (column % 8 != 0);
    } else if (cells >= 0) {
      advance(static_cast<std::size_t>(cells));
    } else {  // drawn as ^A
      advance(1);
      advance(1);
    }
  }
  return row;
}

std::wstring wide(std::string_view text) {
  std::wstring characters;
  while (!text.empty()) {
    wchar_t character = 0;
    const std::size_t length = std::max<std::size_t>(utf8_length(text), 1);
    std::mbstate_t state{};
    if (std::mbrtowc(&character, text.data(), length, &state) > length) character = L'?';
    characters += character;
    text.remove_prefix(length);
  }
  return characters;
}

void put(std::string_view bytes) {
  std::fflush(stdout);
  write_all(STDOUT_FILENO, bytes);  // of a terminal that is gone, reading will tell
}

}  // namespace

struct LineEditor::State {
  EditLine* edit = nullptr;
  History* history = nullptr;
  std::string prompt;
  bool gone = false;  ///< the terminal's end of input was read
  bool on_screen = false;

  static State& of(EditLine* edit) {
    void* state = nullptr;
    ::el_get(edit, EL_CLIENTDATA, &state);
    return *static_cast<State*>(state);
  }

  /// One character for libedit: the key that is there, or what must follow it soon.
  static int read_character(EditLine* edit, wchar_t* character) {
    std::string bytes;
    std::mbstate_t conversion{};
    for (;;) {
      pollfd waiting{STDIN_FILENO, POLLIN, 0};
      char byte = 0;
      errno = EAGAIN;
      if (::poll(&waiting, 1, kRestOfKey) <= 0) return -1;
      const ssize_t got = ::read(STDIN_FILENO, &byte, 1);
      if (got < 0 && (errno == EINTR || errno == EAGAIN)) return -1;
      if (got <= 0) {
        of(edit).gone = true;
        return 0;
      }
      conversion = {};
      bytes += byte;
      const std::size_t length = std::mbrtowc(character, bytes.data(), bytes.size(), &conversion);
      if (length == static_cast<std::size_t>(-1)) {
        bytes.clear();  // no UTF-8: a key of another encoding
      } else if (length != static_cast<std::size_t>(-2)) {
        return 1;
      }
    }
  }

  static char* prompt_of(EditLine* edit) { return of(edit).prompt.data(); }

  void erase(std::size_t rows_up) const {
    put(rows_up > 0 ? fmt::format("\r\x1b[{}A\x1b[J", rows_up) : std::string("\r\x1b[J"));
  }
};

LineEditor::LineEditor(const std::string& prompt) : state_(std::make_unique<State>()) {
  // libedit reads and measures characters by the locale; everything here is UTF-8.
  if (std::setlocale(LC_CTYPE, "") == nullptr || std::string_view(::nl_langinfo(CODESET)) != "UTF-8") {
    std::setlocale(LC_CTYPE, "C.UTF-8");
  }
  State& state = *state_;
  state.prompt = prompt;
  state.edit = ::el_init("mcast-chat", stdin, stdout, stderr);
  state.history = ::history_init();
  if (state.edit == nullptr || state.history == nullptr) {
    if (state.edit != nullptr) ::el_end(state.edit);
    if (state.history != nullptr) ::history_end(state.history);
    throw Failure("the terminal cannot be used for editing lines");
  }
  HistEvent event{};
  ::history(state.history, &event, H_SETSIZE, kHistoryLines);
  ::el_set(state.edit, EL_CLIENTDATA, &state);
  ::el_set(state.edit, EL_PROMPT, &State::prompt_of);
  ::el_set(state.edit, EL_EDITOR, "emacs");
  ::el_set(state.edit, EL_HIST, &::history, state.history);
  ::el_set(state.edit, EL_GETCFN, &State::read_character);
  for (const char* const key : kUnbound) ::el_set(state.edit, EL_BIND, key, "ed-unassigned", nullptr);
  ::el_set(state.edit, EL_UNBUFFERED, 1);
  state.on_screen = true;
}

LineEditor::~LineEditor() {
  hide();
  ::el_end(state_->edit);
  ::history_end(state_->history);
}

LineEditor::Event LineEditor::read() {
  State& state = *state_;
  int count = 0;
  const char* const text = ::el_gets(state.edit, &count);
  if (state.gone) return Event::end;
  if (text == nullptr || count <= 0) return Event::none;
  if (count == 1 && text[0] == kEndOfInput) return Event::end;
  if (text[count - 1] != '\n' && text[count - 1] != '\r') return Event::none;

  line_.assign(text, static_cast<std::size_t>(count) - 1);
  state.erase(row_behind(wide(state.prompt + line_), columns()) + 1);
  HistEvent event{};
  if (!line_.empty()) ::history(state.history, &event, H_ENTER, line_.c_str());
  ::el_set(state.edit, EL_UNBUFFERED, 0);
  ::el_set(state.edit, EL_UNBUFFERED, 1);
  return Event::line;
}

void LineEditor::hide() {
  State& state = *state_;
  if (!state.on_screen) return;
  const LineInfoW* const now = ::el_wline(state.edit);
  const std::wstring before = wide(state.prompt) + std::wstring(now->buffer, now->cursor);
  state.erase(row_behind(before, columns()));
  state.on_screen = false;
}

void LineEditor::redraw() {
  if (state_->on_screen) return;
  ::el_set(state_->edit, EL_REFRESH);
  state_->on_screen = true;
}

void LineEditor::resized() {
  hide();
  ::el_set(state_->edit, EL_PREP_TERM, 1);
  ::el_resize(state_->edit);
  redraw();
}

}  // namespace wireproof::mcast_chat
