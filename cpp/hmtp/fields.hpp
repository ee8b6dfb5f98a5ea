#pragma once
// The bodies of the extension: lines of "name=value". A plain peer ignores the body of these messages.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hmtp/order.hpp"

namespace wireproof::hmtp {

/// A message of the group: who brought it into the group, and its number there.
struct MessageId {
  std::uint64_t origin = 0;    ///< identifier of the node's process
  std::uint64_t sequence = 0;  ///< from 1 on

  friend bool operator==(const MessageId&, const MessageId&) = default;
};

/// The fields that the messages of the extension share; which are present is each message's business.
struct Fields {
  static constexpr std::size_t kMostLines = 64;  ///< a body with more is taken for a plain one
  static constexpr std::uint64_t kLastTurn = (std::uint64_t{1} << 53) - 1;

  std::uint64_t node = 0;              ///< sender's process, 0: absent
  std::uint64_t seat = 0;              ///< parent's seat, 0: absent
  std::uint64_t turn = 0;              ///< number of the request, 0: absent
  std::optional<Order> order{};        ///< sender's; absent in a RJOI: "free", it has no children
  std::optional<std::uint64_t> age{};  ///< milliseconds
};

/// Reads a body; unknown names are passed over. `have` (may be null) gets the "have" lines. Nothing when a line is no
/// field, a known field has a bad value or stands twice, or there are too many lines: the body of a plain peer.
std::optional<Fields> parse_fields(std::string_view body, std::vector<MessageId>* have = nullptr);

/// Appends the fields that are present.
void append_fields(std::string& text, const Fields& fields);
void append_have(std::string& text, const MessageId& id);

/// 16 hexadecimal digits.
void append_identifier(std::string& text, std::uint64_t identifier);
/// Exactly 16 lower-case hexadecimal digits, not all zero.
std::optional<std::uint64_t> parse_identifier(std::string_view text);
}  // namespace wireproof::hmtp
