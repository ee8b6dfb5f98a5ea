#pragma once
// DATA: a message of the group on its way. "DATA\n", origin, a space, sequence number, a line feed, the payload.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "hmtp/fields.hpp"

namespace wireproof::hmtp {

/// Longest header in bytes: "DATA\n", 16 digits, a space, 20 digits, a line feed.
constexpr std::size_t kLongestDataHeader = 43;
/// Longest payload in bytes: what one UDP datagram over IPv4 (65,507 bytes) holds beside the longest header.
constexpr std::size_t kLongestPayload = 65'507 - kLongestDataHeader;

struct DataMessage {
  MessageId id;
  std::string_view payload;  ///< any bytes, may be none
};

/// The body of a DATA message; nothing when its header is not exact.
std::optional<DataMessage> parse_data(std::string_view body);

/// The whole datagram.
std::string encode_data(const MessageId& id, std::string_view payload);

}  // namespace wireproof::hmtp
