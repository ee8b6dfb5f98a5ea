#pragma once
// The messages of the HMTP variant (docs/protocols/hmtp.md): a type of four capital letters, a line feed, a body.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "hmtp/endpoint.hpp"

namespace wireproof::hmtp {

constexpr std::uint16_t kMulticastPort = 10000;  ///< rendezvous point; signalling and data between nodes
constexpr std::uint16_t kDataPort = 10001;       ///< messages from programs on the same host

enum class Type : std::uint8_t {
  root,       ///< node to RP: who is the root?
  toor,       ///< its answer: the root's endpoint, or an empty body
  rreg,       ///< node to RP: register me as the root
  yreg,       ///< its answer: done
  nreg,       ///< its answer: no, there is another one
  rjoi,       ///< to a node: take me as your child; and the refresh
  yjoi,       ///< its answer: done
  njoi,       ///< its answer: no; ask one of my children, one line each
  data,       ///< a message of the group
  leav,       ///< extension: I leave you
  miss,       ///< extension: child to its new parent: send what I have missed
  sent,       ///< extension: its answer, after the messages
  unknown,    ///< well-formed, of another type
  malformed,  ///< not a message
};

struct Message {
  Type type = Type::malformed;
  std::string_view body;  ///< within the datagram
};

/// The type must be followed by a line feed, or by nothing: an empty body.
Message parse_message(std::string_view datagram);

/// "RJOI" and so on; "?" for unknown and malformed.
std::string_view name_of(Type type);

/// `text` becomes "TYPE\n".
void begin_message(std::string& text, Type type);

/// The body of a TOOR: an endpoint (its line may be ended by a line feed), or none, and then `root` is not set.
/// False when it is neither.
bool parse_toor(std::string_view body, Endpoint& root);

/// The lines of a NJOI.
class EndpointList {
 public:
  static constexpr std::size_t kLimit = 64;

  /// Lines ended by line feeds, the last one's may be missing. False when a line is not an endpoint, or with more than
  /// kLimit of them.
  bool parse(std::string_view body);
  std::span<const Endpoint> endpoints() const { return {endpoints_.data(), size_}; }

 private:
  std::array<Endpoint, kLimit> endpoints_;
  std::size_t size_ = 0;
};

}  // namespace wireproof::hmtp
