#pragma once
// How a transfer that was cut goes on (RFC 9110, 13.1.5 and 14): which part is asked for, and what the answer means.
// Pure.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "http/date.hpp"
#include "http/fields.hpp"
#include "http/message.hpp"

namespace wireproof::http_client {

/// What is known of the file whose first bytes are there; it is kept beside them.
struct PartFacts {
  std::string url;                       ///< that was asked for
  std::string validator;                 ///< a strong ETag, or a Last-Modified that is as good as one; never empty
  std::optional<std::uint64_t> total{};  ///< bytes of the whole

  friend bool operator==(const PartFacts&, const PartFacts&) = default;
};

/// As it is kept: a line each.
std::string text_of(const PartFacts& facts);
/// Nothing for any other text: the transfer begins anew then.
std::optional<PartFacts> parse_part_facts(std::string_view text);

/// What by this header identifies the bytes of a body (RFC 9110, 8.8.1): a strong ETag, or a Last-Modified that is at
/// least a second older than the answer (8.8.2.2). Empty: nothing does. `now`: for years of two digits.
std::string strong_validator(const http::Fields& fields, http::Seconds now);

class Resume {
 public:
  /// Nothing is there.
  Resume() = default;
  /// The first `size` bytes are.
  Resume(PartFacts facts, std::uint64_t size) : facts_(std::move(facts)), size_(size) {}

  /// Range and If-Range, where there is something to go on from.
  void add_to(http::Fields& fields) const;
  /// Where the transfer goes on; 0: from its beginning.
  std::uint64_t offset() const { return facts_ ? size_ : 0; }

  enum class Meaning {
    other,     ///< the answer is not of a body that is wanted: by its status
    whole,     ///< the body is all of it: what was there is worth nothing
    rest,      ///< the body is what is missing
    complete,  ///< nothing is missing
    again,     ///< what was there cannot be gone on with, and this body is not the whole: it must be asked for anew
    wrong,     ///< a part that nobody asked for
  };
  /// After `again` nothing is asked for but the whole.
  Meaning meaning_of(const http::ResponseHead& head);

  /// As this answer's part tells.
  std::optional<std::uint64_t> total() const { return facts_ ? facts_->total : std::nullopt; }

 private:
  bool fits(const http::ResponseHead& head) const;

  std::optional<PartFacts> facts_;
  std::uint64_t size_ = 0;
};

}  // namespace wireproof::http_client
