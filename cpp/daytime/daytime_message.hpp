#pragma once
// The datagrams of docs/protocols/daytime.md, but RFC 867's.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bytes/big_endian.hpp"
#include "clock_sync/quality.hpp"
#include "daytime/local_time.hpp"
#include "loop/time.hpp"

namespace wireproof::daytime {

constexpr std::uint16_t kPort = 13;

/// Of every datagram, bytes.
constexpr std::size_t kLength = 192;

enum class Status : std::uint8_t { known = 0, unknown_zone = 1, not_understood = 2 };

struct Question {
  std::uint64_t id = 0;
  std::string zone;              ///< empty: the server's own
  std::optional<Time> moment{};  ///< since 1970; nothing: now
};

struct Answer {
  Status status = Status::known;
  std::uint64_t id = 0;
  Time moment{0};   ///< that of `local`
  LocalTime local;  ///< where the status is `known`
  clock_sync::Quality quality;
  std::string zone;
  std::string text;  ///< `local` in the server's locale
};

/// What does not fit into its field is cut, a text not within a character.
std::vector<std::uint8_t> encode(const Question& question);
std::vector<std::uint8_t> encode(const Answer& answer);

/// What a datagram is to a server.
enum class Form : std::uint8_t {
  question,
  strange_question,  ///< of this protocol and of its length, but not of version 1, or against it
  own_answer,        ///< of this protocol: nothing is answered to it
  other
};
Form form_of(Bytes datagram);

/// Of a Form::question.
std::optional<Question> decode_question(Bytes datagram);
/// The id of a question, whatever else is in it.
std::uint64_t id_of(Bytes datagram);
/// Nothing when the bytes are no answer, or one that cannot be: with a 13th month.
std::optional<Answer> decode_answer(Bytes datagram);

}  // namespace wireproof::daytime
