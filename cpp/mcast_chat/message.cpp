#include "mcast_chat/message.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "bytes/decimal.hpp"

namespace wireproof::mcast_chat {
namespace {

constexpr std::string_view kVersion = "1";

struct TypeName {
  Type type;
  std::string_view name;
};
constexpr std::array kTypes{TypeName{Type::join, "JOIN"}, TypeName{Type::leave, "LEAVE"}, TypeName{Type::text, "TEXT"},
                            TypeName{Type::alive, "ALIVE"}};

std::string_view name_of(Type type) {
  return std::find_if(kTypes.begin(), kTypes.end(), [&](const TypeName& entry) { return entry.type == type; })->name;
}

std::string_view without_line_end(std::string_view text) {
  if (text.ends_with('\n')) {
    text.remove_suffix(1);
    if (text.ends_with('\r')) text.remove_suffix(1);
  }
  return text;
}

/// Takes the word up to the next space, and the space; nothing more is left when there is no space.
struct Words {
  std::string_view rest;
  bool more = true;  ///< a space, and so another word, even an empty one, follows

  std::string_view take() {
    const std::size_t end = rest.find(' ');
    const std::string_view word = rest.substr(0, end);
    more = end != std::string_view::npos;
    rest = more ? rest.substr(end + 1) : std::string_view();
    return word;
  }
};

bool is_number(std::string_view word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) { return '0' <= c && c <= '9'; });
}

std::optional<unsigned> read_interval(std::string_view word) {
  const auto interval = parse_plain_decimal(word, kLongestInterval);
  return interval.value_or(0) > 0 ? std::optional(static_cast<unsigned>(*interval)) : std::nullopt;
}

/// What stands behind the name of a message of the type `message.type`; false when it is not as it should be.
bool read_body(Words words, Message& message) {
  if (message.type == Type::text) {
    if (!words.more || text_fault(words.rest)) return false;
    message.text = words.rest;
    return true;
  }
  const bool may_promise = message.type == Type::join || message.type == Type::alive;
  if (!words.more) return message.type != Type::alive;
  if (!may_promise) return false;
  const auto interval = read_interval(words.take());
  message.interval = interval.value_or(0);
  return interval && !words.more;
}

Received decode_message(Words words) {
  const std::string_view version = words.take();
  if (version != kVersion) return is_number(version) ? Fault::unknown_version : Fault::malformed;
  if (!words.more) return Fault::malformed;
  const std::string_view word = words.take();
  const auto* const type =
      std::find_if(kTypes.begin(), kTypes.end(), [&](const TypeName& entry) { return entry.name == word; });
  if (type == kTypes.end()) return Fault::unknown_type;
  if (!words.more) return Fault::malformed;
  Message message{.type = type->type, .name = std::string(words.take())};
  if (name_fault(message.name) || !read_body(words, message)) return Fault::malformed;
  return message;
}

}  // namespace

std::string_view described(Fault fault) {
  static constexpr std::array<std::string_view, kFaults> kWords{"too long", "not text", "of another version",
                                                                "of an unknown type", "malformed"};
  return kWords[static_cast<std::size_t>(fault)];
}

Received decode(std::string_view datagram) {
  if (datagram.size() > kLargestDatagram) return Fault::too_long;
  if (!is_text(datagram)) return Fault::not_text;
  const std::string_view line = without_line_end(datagram);
  if (line.starts_with(kMagic)) return decode_message({line.substr(kMagic.size())});
  if (line.empty()) return Fault::not_text;
  return PlainText{std::string(line)};
}

std::string encode(const Message& message) {
  std::string datagram = fmt::format("{}{} {} {}", kMagic, kVersion, name_of(message.type), message.name);
  if (message.type == Type::text) datagram += fmt::format(" {}", message.text);
  if (message.interval > 0) datagram += fmt::format(" {}", message.interval);
  return datagram + '\n';
}

std::size_t longest_text(std::string_view name) {
  return kLargestDatagram - encode({.type = Type::text, .name = std::string(name)}).size();
}

}  // namespace wireproof::mcast_chat
