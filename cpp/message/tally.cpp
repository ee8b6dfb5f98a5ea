#include "message/tally.hpp"

#include <fmt/core.h>

namespace wireproof::message {

JsonObject counts_json(const Tally& tally, std::string_view protocol) {
  JsonObject json;
  json.add("protocol", protocol)
      .add("clients", tally.clients.load())
      .add("received", tally.received.load())
      .add("delivered", tally.received.load() - tally.truncated.load())
      .add("truncated", tally.truncated.load())
      .add("bytes", tally.bytes.load());
  return json;
}

std::string counts_sentence(const Tally& tally) {
  return fmt::format("received {} messages ({} bytes, {} of the messages truncated) from {} clients",
                     tally.received.load(), tally.bytes.load(), tally.truncated.load(), tally.clients.load());
}

}  // namespace wireproof::message
