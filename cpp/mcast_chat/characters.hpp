#pragma once
// Which characters a name and a text may hold, and how text from the network is shown (docs/protocols/mcast-chat.md,
// "Characters"). Pure.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace wireproof::mcast_chat {

inline constexpr std::size_t kLongestName = 64;  ///< bytes of UTF-8

/// Why `name` cannot be a member's name, as the end of a sentence ("it holds a space"); nothing when it can.
std::optional<std::string> name_fault(std::string_view name);

/// Why `text` cannot be sent as a text, whatever its length; nothing when it can. An empty text can not.
std::optional<std::string> text_fault(std::string_view text);

/// Whether `datagram` is text at all: not empty, UTF-8, no control characters but TAB, CR and LF.
bool is_text(std::string_view datagram);

/// `text` for a terminal: escaped (base/utf8.hpp), but for TAB.
std::string shown(std::string_view text);

}  // namespace wireproof::mcast_chat
