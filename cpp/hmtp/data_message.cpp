#include "hmtp/data_message.hpp"

#include <array>
#include <charconv>
#include <limits>

#include "bytes/decimal.hpp"
#include "hmtp/message.hpp"

namespace wireproof::hmtp {

std::optional<DataMessage> parse_data(std::string_view body) {
  const std::size_t end = body.substr(0, kLongestDataHeader).find('\n');
  if (end == std::string_view::npos || end < 18 || body[16] != ' ') return std::nullopt;
  const auto origin = parse_identifier(body.substr(0, 16));
  const auto sequence = parse_plain_decimal(body.substr(17, end - 17), std::numeric_limits<std::uint64_t>::max());
  const std::string_view payload = body.substr(end + 1);
  if (!origin || !sequence || *sequence == 0 || payload.size() > kLongestPayload) return std::nullopt;
  return DataMessage{{*origin, *sequence}, payload};
}

std::string encode_data(const MessageId& id, std::string_view payload) {
  std::string datagram;
  datagram.reserve(kLongestDataHeader + payload.size());
  begin_message(datagram, Type::data);
  append_identifier(datagram, id.origin);
  datagram += ' ';
  std::array<char, 24> digits;
  datagram.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), id.sequence).ptr);
  datagram += '\n';
  datagram += payload;
  return datagram;
}

}  // namespace wireproof::hmtp
