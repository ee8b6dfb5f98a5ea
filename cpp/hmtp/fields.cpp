#include "hmtp/fields.hpp"

#include <array>
#include <charconv>
#include <limits>

#include "bytes/decimal.hpp"

namespace wireproof::hmtp {
namespace {

void append_number(std::string& text, std::uint64_t number) {
  std::array<char, 24> digits;
  text.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr);
}

std::optional<Order> parse_order(std::string_view text) {
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto epoch = parse_plain_decimal(text.substr(0, dot), Order::kLastEpoch);
  const auto depth = parse_plain_decimal(text.substr(dot + 1), Order::kGreatestDepth);
  if (!epoch || !depth) return std::nullopt;
  return Order{*epoch, static_cast<std::uint32_t>(*depth)};
}

std::optional<MessageId> parse_id(std::string_view text) {
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto origin = parse_identifier(text.substr(0, dot));
  const auto sequence = parse_plain_decimal(text.substr(dot + 1), std::numeric_limits<std::uint64_t>::max());
  if (!origin || !sequence) return std::nullopt;
  return MessageId{*origin, *sequence};
}

/// Takes a value once.
template <typename Value, typename Parsed>
bool take(Value& value, const Parsed& parsed) {
  if (value != Value{} || !parsed) return false;
  value = *parsed;
  return true;
}

bool take_field(std::string_view name, std::string_view value, Fields& fields, std::vector<MessageId>* have) {
  if (name == "node") return take(fields.node, parse_identifier(value));
  if (name == "seat") return take(fields.seat, parse_identifier(value));
  if (name == "turn") return take(fields.turn, parse_plain_decimal(value, Fields::kLastTurn));
  if (name == "order") return take(fields.order, parse_order(value));
  if (name == "age") return take(fields.age, parse_plain_decimal(value, std::uint64_t{1} << 40));
  if (name == "have" && have != nullptr) {
    const auto id = parse_id(value);
    if (id) have->push_back(*id);
    return id.has_value();
  }
  return true;
}

}  // namespace

std::optional<std::uint64_t> parse_identifier(std::string_view text) {
  if (text.size() != 16) return std::nullopt;
  std::uint64_t value = 0;
  for (const char digit : text) {
    const bool decimal = digit >= '0' && digit <= '9';
    if (!decimal && (digit < 'a' || digit > 'f')) return std::nullopt;
    value = value << 4 | static_cast<std::uint64_t>(decimal ? digit - '0' : digit - 'a' + 10);
  }
  return value != 0 ? std::optional(value) : std::nullopt;
}

std::optional<Fields> parse_fields(std::string_view body, std::vector<MessageId>* have) {
  Fields fields;
  for (std::size_t lines = 0; !body.empty(); ++lines) {
    const std::size_t end = body.find('\n');
    const std::string_view line = body.substr(0, end);
    const std::size_t equals = line.find('=');
    if (lines == Fields::kMostLines || equals == std::string_view::npos) return std::nullopt;
    if (!take_field(line.substr(0, equals), line.substr(equals + 1), fields, have)) return std::nullopt;
    body.remove_prefix(end == std::string_view::npos ? body.size() : end + 1);
  }
  return fields;
}

void append_identifier(std::string& text, std::uint64_t identifier) {
  for (int shift = 60; shift >= 0; shift -= 4) text += "0123456789abcdef"[identifier >> shift & 15];
}

void append_fields(std::string& text, const Fields& fields) {
  const auto identifier = [&](std::string_view name, std::uint64_t value) {
    if (value == 0) return;
    text += name;
    append_identifier(text, value);
    text += '\n';
  };
  identifier("node=", fields.node);
  identifier("seat=", fields.seat);
  if (fields.turn != 0) {
    text += "turn=";
    append_number(text, fields.turn);
    text += '\n';
  }
  if (fields.order) {
    text += "order=";
    append_number(text, fields.order->epoch);
    text += '.';
    append_number(text, fields.order->depth);
    text += '\n';
  }
  if (fields.age) {
    text += "age=";
    append_number(text, *fields.age);
    text += '\n';
  }
}

void append_have(std::string& text, const MessageId& id) {
  text += "have=";
  append_identifier(text, id.origin);
  text += '.';
  append_number(text, id.sequence);
  text += '\n';
}

}  // namespace wireproof::hmtp
