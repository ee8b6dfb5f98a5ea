// Any bytes as a message of the HMTP variant: what is accepted is written back the same, and nothing else.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "hmtp/data_message.hpp"
#include "hmtp/duplicate_memory.hpp"
#include "hmtp/fields.hpp"
#include "hmtp/message.hpp"

namespace {

using namespace wireproof::hmtp;

void check(bool holds) {
  if (!holds) std::abort();
}

void check_endpoint(std::string_view text) {
  const auto endpoint = parse_endpoint(text);
  if (!endpoint) return;
  check(endpoint->is_unicast());
  std::string again;
  append_text(again, *endpoint);
  check(parse_endpoint(again) == endpoint);
  check(!endpoint->is_v4() || again == text);
}

void check_fields(std::string_view body) {
  std::vector<MessageId> have;
  const auto fields = parse_fields(body, &have);
  if (!fields) return;
  check(have.size() <= Fields::kMostLines);
  std::string again;
  append_fields(again, *fields);
  for (const MessageId& id : have) append_have(again, id);
  std::vector<MessageId> have_again;
  const auto fields_again = parse_fields(again, &have_again);
  check(fields_again && have_again == have && fields_again->node == fields->node && fields_again->seat == fields->seat);
  check(fields_again->turn == fields->turn && fields_again->order == fields->order && fields_again->age == fields->age);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Message message = parse_message(bytes);
  check(message.body.size() <= bytes.size());
  // Random bytes seldom begin with a type: every body parser gets them as a body, too.
  for (const std::string_view body : {message.body, bytes}) {
    check_endpoint(body);
    check_fields(body);
    Endpoint root;
    if (parse_toor(body, root)) check(root.is_set() == !body.empty());
    EndpointList list;
    if (list.parse(body)) check(list.endpoints().size() <= EndpointList::kLimit);
    if (const auto parsed = parse_data(body)) {
      check(encode_data(parsed->id, parsed->payload) == "DATA\n" + std::string(body));
      check(parsed->payload.size() <= kLongestPayload);
    }
  }
  DuplicateMemory memory;
  for (std::size_t i = 0; i + 2 < size; i += 3) {
    const MessageId id{1U + data[i], 1U + data[i + 1] * (std::uint64_t{1} << data[i + 2] % 56)};
    memory.first_time(id);
    check(!memory.first_time(id) && memory.origins() <= DuplicateMemory::kOrigins);
  }
  std::vector<MessageId> complete;
  memory.list_complete(24, complete);
  check(complete.size() <= 24);
  return 0;
}
