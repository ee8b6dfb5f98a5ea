#include "hmtp/output.hpp"

#include <fmt/format.h>

#include "base/json_object.hpp"
#include "text/utf8.hpp"

namespace wireproof::hmtp {
namespace {

/// Bytes shown of a message that is not text.
constexpr std::size_t kBinaryShown = 48;

std::string_view without_line_end(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

bool is_utf8(std::string_view bytes) {
  while (!bytes.empty()) {
    if (!take_character(bytes)) return false;
  }
  return true;
}

/// UTF-8 without control characters other than tabs and line ends.
bool is_text(std::string_view bytes) {
  for (const char letter : bytes) {
    const auto byte = static_cast<unsigned char>(letter);
    if ((byte < 0x20 && letter != '\t' && letter != '\n' && letter != '\r') || byte == 0x7F) return false;
  }
  return is_utf8(bytes);
}

std::string line_of(std::string_view payload) {
  const std::string_view text = without_line_end(payload);
  if (is_text(text)) return printable(text, text.size()) + '\n';
  if (payload.size() <= kBinaryShown) return printable(payload, kBinaryShown) + '\n';
  return fmt::format("{} ({} bytes)\n", printable(payload, kBinaryShown), payload.size());
}

std::string object_of(const Delivery& message) {
  JsonObject object;
  std::string origin;
  append_identifier(origin, message.id.origin);
  object.add("origin", origin).add("sequence", message.id.sequence).add("size", std::uint64_t{message.payload.size()});
  if (is_utf8(message.payload)) {
    object.add("text", message.payload);
  } else {
    std::string digits;
    digits.reserve(2 * message.payload.size());
    for (const char byte : message.payload) digits += fmt::format("{:02x}", static_cast<unsigned char>(byte));
    object.add("hex", digits);
  }
  return object.text() + '\n';
}

}  // namespace

std::string printed(const Delivery& message, Output output) {
  switch (output) {
    case Output::lines:
      return line_of(message.payload);
    case Output::raw:
      return std::string(message.payload);
    case Output::json:
      return object_of(message);
  }
  return {};
}

std::string sentence(const NodeEvent& event) {
  using What = NodeEvent::What;
  const std::string peer = event.peer.is_set() ? name_of(event.peer) : "";
  switch (event.what) {
    case What::became_root:
      return "registered as the root";
    case What::registration_lost:
      return "the rendezvous point has another root: joining its tree";
    case What::rendezvous_silent:
      return fmt::format("{} requests to the rendezvous point {} unanswered", event.number, peer);
    case What::attached:
      return fmt::format("attached to {}", peer);
    case What::refused:
      return fmt::format("refused by {}, which named {} children", peer, event.number);
    case What::silent:
      return fmt::format("{} did not answer {} times", peer, event.number);
    case What::parent_lost:
      return fmt::format("parent {} did not answer {} times in a row: joining again", peer, event.number);
    case What::parent_left:
      return fmt::format("parent {} let go of us: joining again", peer);
    case What::walk_failed:
      return "found no place in the tree, trying again soon";
    case What::subtree_given_up:
      return fmt::format("let go of {} children, to be free to join anywhere", event.number);
    case What::child_accepted:
      return fmt::format("accepted child {}", peer);
    case What::child_refused:
      return fmt::format("refused {}", peer);
    case What::child_expired:
      return fmt::format("dropped child {}: no refresh", peer);
    case What::child_left:
      return fmt::format("child {} left", peer);
    case What::message_dropped:
      return fmt::format("message {} could not be sent", event.number);
    case What::message_unconfirmed:
      return fmt::format("message {} did not come back through the tree", event.number);
  }
  return {};
}

}  // namespace wireproof::hmtp
