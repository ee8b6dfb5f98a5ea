#include "http_client/report.hpp"

namespace wireproof::http_client {

JsonObject Report::json() const {
  JsonObject object;
  object.add("url", url).add("final_url", final_url);
  if (cause) {
    object.add("cause", word_of(*cause)).add("message", message);
  } else {
    object.add_null("cause").add_null("message");
  }
  if (status > 0) {
    object.add("status", std::uint64_t{status});
  } else {
    object.add_null("status");
  }
  if (file.empty()) {
    object.add_null("file");
  } else {
    object.add("file", file);
  }
  std::vector<JsonObject> list;
  for (const Hop& hop : hops) {
    JsonObject one;
    one.add("method", hop.method).add("url", hop.url).add("peer", hop.peer).add("status", std::uint64_t{hop.status});
    list.push_back(one);
  }
  object.add("size", size)
      .add("received", received)
      .add("resumed_at", resumed_at)
      .add("attempts", std::uint64_t{attempts})
      .add("redirects", std::uint64_t{redirects})
      .add_seconds("seconds", took)
      .add_array("hops", list);
  return object;
}

}  // namespace wireproof::http_client
