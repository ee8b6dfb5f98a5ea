#pragma once
// Conditional requests (RFC 9110, 13): what is to be answered, given the validators of what would be sent. Pure.

#include <optional>

#include "http/date.hpp"
#include "http/entity_tag.hpp"
#include "http/message.hpp"

namespace wireproof::http {

struct Validators {
  std::optional<EntityTag> tag{};
  std::optional<Seconds> modified{};
  bool exists = true;  ///< something would be sent at all: If-Match "*"
};

enum class Condition {
  none,                 ///< or they all hold: as if there were none
  not_modified,         ///< 304
  precondition_failed,  ///< 412
};

/// In the order of 13.2.2. For a method that would be answered with 2xx. Fields with dates are ignored where that date
/// is malformed; entity tags that are malformed match nothing.
Condition evaluate(const RequestHead& request, const Validators& validators, Seconds now);

/// Whether Range counts: If-Range is not there, or names what would be sent, exactly (13.1.5).
bool range_counts(const RequestHead& request, const Validators& validators, Seconds now);

}  // namespace wireproof::http
