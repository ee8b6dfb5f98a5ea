#include "message/message.hpp"

#include <fmt/core.h>

#include "command_line/program.hpp"

namespace wireproof::message {

std::string described(const Message& message) {
  const std::string whole = message.length ? fmt::format(" of {}", *message.length) : "";
  const std::string_view longer = message.truncated && !message.length ? " of a longer line" : "";
  return fmt::format("received {}{} bytes{} from {}: {}", message.text.size(), whole, longer, message.client,
                     printable(without_line_end(message.text)));
}

std::string_view without_line_end(std::string_view text) {
  if (text.ends_with('\n')) {
    text.remove_suffix(1);
    if (text.ends_with('\r')) text.remove_suffix(1);
  }
  return text;
}

bool ends_session(std::string_view text) { return without_line_end(text) == kEnd; }

std::string numbered_message(std::uint64_t index, std::size_t size) {
  std::string text = fmt::format("message {} ", index);
  text.resize(size, '.');
  return text;
}

}  // namespace wireproof::message
