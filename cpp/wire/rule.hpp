#pragma once
// Loss by rule: frames chosen by what they carry and by how many like them have come.

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "wire/headers.hpp"

namespace wireproof::wire {

enum class RuleProtocol { tcp, udp, icmp, arp };
enum class RuleFlags { syn, syn_ack, ack, fin, rst };

/// What is absent is not asked for. Ports, flags and payload are looked for in whole headers of TCP and UDP only: not
/// in fragments but the first, nor in what is cut short.
struct Rule {
  std::optional<RuleProtocol> protocol = std::nullopt;  ///< icmp: that of IPv4
  /// syn, fin, rst: with that flag, syn without ACK; syn_ack: with both; ack: nothing but an acknowledgement, without
  /// SYN, FIN, RST and payload.
  std::optional<RuleFlags> flags = std::nullopt;
  bool data = false;                                      ///< a segment of TCP with payload
  std::optional<std::uint16_t> port = std::nullopt;       ///< of either end
  std::optional<std::uint16_t> from_port = std::nullopt;  ///< of the sender
  std::optional<std::uint16_t> to_port = std::nullopt;    ///< of the receiver
  std::vector<std::uint8_t> payload = {};                 ///< what the payload of TCP or UDP begins with

  /// Which of those that match are lost, counted from 1: the first one, and each `step` later, up to the last.
  std::uint64_t first = 1;
  std::uint64_t last = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t step = 1;

  friend bool operator==(const Rule&, const Rule&) = default;
};

/// Whether a frame is one that the rule is about. Understands any bytes.
bool matches(const Rule& rule, Bytes frame, const Headers& headers);

/// Whether the rule loses the frame that matches it as the `number`-th, from 1.
bool loses(const Rule& rule, std::uint64_t number);

/// The rules that hold in a direction, and how many frames have matched each since they were set.
class Rules {
 public:
  explicit Rules(std::vector<Rule> rules) : rules_(std::move(rules)), matched_(rules_.size()) {}

  /// Counts the next frame in every rule that it matches; true: one of them loses it.
  bool lose(Bytes frame);

 private:
  std::vector<Rule> rules_;
  std::vector<std::uint64_t> matched_;
};

}  // namespace wireproof::wire
