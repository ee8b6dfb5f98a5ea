#pragma once
// Messages given to readers in one piece, byte by byte, and what became of them.

#include <string>
#include <string_view>

#include "http/message_reader.hpp"

namespace wireproof::http::testing {

struct Told {
  unsigned refused = 0;  ///< the status; 0: nothing was
  std::string reason;
  unsigned messages = 0;  ///< complete ones
  std::string bodies;     ///< of all of them
  std::string left;       ///< what was not taken, once refused
  std::string heads;      ///< "GET /a; HEAD /b"
  bool is_idle = false;

  friend bool operator==(const Told&, const Told&) = default;
};

inline std::string name_of(const RequestHead& head) { return head.method + " " + head.target; }
inline std::string name_of(const ResponseHead& head) { return std::to_string(head.status); }

/// `step`: bytes that come at once; 0: all.
template <typename Reader>
Told read(Reader& reader, std::string_view bytes, std::size_t step = 0, bool ends = false) {
  Told told;
  const auto take = [&](Part part) {
    if (part == Part::head) told.heads += (told.heads.empty() ? "" : "; ") + name_of(reader.head());
    if (part == Part::body) told.bodies += reader.body();
    if (part == Part::end) ++told.messages;
    if (part == Part::refused) {
      told.refused = reader.refusal().status;
      told.reason = reader.refusal().reason;
    }
  };
  while (!bytes.empty() && told.refused == 0) {
    std::string_view piece = bytes.substr(0, step == 0 ? bytes.size() : step);
    bytes.remove_prefix(piece.size());
    for (Part part = Part::body; part != Part::more && part != Part::refused;) {
      part = reader.next(piece);
      take(part);
      // A message that ends with the piece has its end told by another question.
      if (part == Part::end && piece.empty()) break;
    }
  }
  if (ends && told.refused == 0) take(reader.end_of_stream());
  told.is_idle = reader.is_idle();
  return told;
}

}  // namespace wireproof::http::testing
