#pragma once
// Probes and replies: docs/protocols/rtt.md is their specification. Pure.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "bytes/big_endian.hpp"
#include "loop/time.hpp"

namespace wireproof::rtt {

inline constexpr std::uint16_t kPort = 2681;
inline constexpr std::size_t kHeader = 48;      ///< octets of a message without padding
inline constexpr std::size_t kLongest = 65507;  ///< octets that UDP over IPv4 has room for

enum class Type : std::uint8_t {
  probe = 1,
  reply = 2,
  repeat = 3  ///< the reply to a probe that had come before
};

struct Message {
  Type type = Type::probe;
  std::size_t length = kHeader;  ///< kHeader to kLongest
  std::uint64_t session = 0;
  std::uint32_t sequence = 0;
  // Of replies only:
  std::uint32_t received = 0;  ///< probes of the session that have come, each once
  std::uint32_t since = 0;     ///< lowest sequence among them
  std::uint32_t memory = 0;    ///< random, of what is remembered of the session
  Time arrived{0};             ///< on the responder's clock
  Time answered{0};

  bool operator==(const Message&) const = default;
};

/// Why a message is dropped.
enum class Fault { not_ours, other_version, unknown_type, wrong_length };
inline constexpr std::size_t kFaults = 4;

/// "not ours", "of another version", …
std::string_view described(Fault fault);

/// Reads a datagram of any length.
std::variant<Message, Fault> decode(Bytes datagram);

std::vector<std::uint8_t> encode(const Message& message);

/// Cuts a TCP stream into messages; one that is none breaks it for good.
class MessageSplitter {
 public:
  /// Takes octets off the front of `bytes`, up to the end of the next message; nothing while that is not complete, or
  /// when the stream is broken.
  std::optional<Message> next(Bytes& bytes);

  bool is_broken() const { return is_broken_; }

 private:
  std::vector<std::uint8_t> held_;  ///< of a message that is not complete
  bool is_broken_ = false;
};

}  // namespace wireproof::rtt
