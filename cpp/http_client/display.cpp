#include "http_client/display.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include "base/writing.hpp"
#include "command_line/program.hpp"
#include "text/utf8.hpp"

namespace wireproof::http_client {
namespace {

std::size_t terminal_columns() {
  winsize size{};
  constexpr std::size_t kUsual = 80;
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : kUsual;
}

}  // namespace

Display::Display(bool is_quiet) : is_quiet_(is_quiet), is_terminal_(::isatty(STDERR_FILENO) == 1) {}

void Display::begin(const std::string& name, std::uint64_t offset, std::optional<std::uint64_t> total, Time now) {
  end();
  if (is_quiet_) return;
  progress_.emplace(is_terminal_ ? Progress::Style::line : Progress::Style::sentences, escaped(name), offset, total,
                    now);
}

void Display::at(Time now, std::uint64_t bytes) {
  if (!progress_) return;
  const auto text = progress_->at(now, bytes, is_terminal_ ? terminal_columns() : 0);
  if (!text) return;
  if (!is_terminal_) return say_line(*text);
  is_drawn_ = true;
  // What was longer before is wiped (ECMA-48, EL).
  write_all(STDERR_FILENO, "\r" + *text + "\x1B[K");
}

void Display::end() {
  progress_.reset();
  if (std::exchange(is_drawn_, false)) write_all(STDERR_FILENO, "\r\x1B[K");
}

}  // namespace wireproof::http_client
