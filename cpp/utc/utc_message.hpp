#pragma once
// The datagrams of docs/protocols/utc.md.

#include <cstdint>
#include <optional>
#include <vector>

#include "clock_sync/time_protocol.hpp"

namespace wireproof::utc {

constexpr std::uint16_t kPort = 12810;

/// Of every datagram, bytes.
constexpr std::size_t kLength = 56;

struct Question {
  std::uint64_t id = 0;
  Time asked{0};  ///< T1, on the client's clock; the server sends it back as it is
};

std::vector<std::uint8_t> encode(const Question& question);
/// `question`: the one that is answered.
std::vector<std::uint8_t> encode(const clock_sync::TimeAnswer& answer, const Question& question);

/// Nothing when the bytes are not exactly that.
std::optional<Question> decode_question(Bytes bytes);
std::optional<clock_sync::TimeAnswer> decode_answer(Bytes bytes);

std::vector<std::uint8_t> question_bytes(std::uint64_t id, Time utc);
std::optional<clock_sync::TimeAnswer> answer_of(Bytes bytes, Time utc);

constexpr clock_sync::TimeProtocol kUtc{question_bytes, answer_of};

}  // namespace wireproof::utc
