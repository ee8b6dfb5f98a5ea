#pragma once
// The datagrams of the multicast chat: docs/protocols/mcast-chat.md is their specification. Pure.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "mcast_chat/characters.hpp"

namespace wireproof::mcast_chat {

inline constexpr std::uint16_t kPort = 5000;           ///< of every room (sheet, exercise 4.1)
inline constexpr std::size_t kLargestDatagram = 1024;  ///< bytes; below every MTU, and what the sheet's clients receive
inline constexpr std::string_view kMagic = "mcast-chat/";  ///< what every datagram of the protocol begins with
inline constexpr unsigned kLongestInterval = 3600;         ///< seconds

enum class Type { join, leave, text, alive };

struct Message {
  Type type = Type::text;
  std::string name;
  std::string text{};     ///< of Type::text
  unsigned interval = 0;  ///< seconds between keep-alives, promised by join (0: none) and alive

  bool operator==(const Message&) const = default;
};

/// A datagram that is text, but not of this protocol: what netcat and simple clients send.
struct PlainText {
  std::string text;  ///< without the line's end; not empty
};

/// Why a datagram is dropped.
enum class Fault {
  too_long,         ///< more than kLargestDatagram bytes
  not_text,         ///< empty, not UTF-8, or with control characters
  unknown_version,  ///< of this protocol, but of another version
  unknown_type,     ///< of this version, but of no type that it has
  malformed,        ///< of a known type, but not as that is written
};
inline constexpr std::size_t kFaults = 5;

/// "too long", "not text", …
std::string_view described(Fault fault);

using Received = std::variant<Message, PlainText, Fault>;

/// Reads a datagram of any length.
Received decode(std::string_view datagram);

/// Writes a message whose name and text have no fault and whose text is not longer than longest_text().
std::string encode(const Message& message);

/// Bytes of text that a datagram has room for beside this name.
std::size_t longest_text(std::string_view name);

}  // namespace wireproof::mcast_chat
